// SPDX-License-Identifier: Apache-2.0
import type { FlowTable } from '../../model/flow.ts';
import { formatObject, type Message, type MessageBatch, type MessageRow } from '../../model/message.ts';

/** The message in the row as it leaves the line (`shinrai messages --json`): a copy that outlives the batch. Numbers come before texts in `values`. */
export function formatMessage(row: MessageRow, batch: MessageBatch, flows: FlowTable): Message {
  return {
    packet: row.packet,
    atMs: row.atMs,
    clientAddress: flows.clientAddress(row.flow),
    serverAddress: flows.serverAddress(row.flow),
    fromClient: row.fromClient,
    protocol: row.protocol,
    kind: row.kind,
    unit: row.unit < 0 ? null : row.unit,
    function: row.functionName,
    object: formatObject(row),
    values: [...batch.values.subarray(row.valueFirst, row.valueFirst + row.valueCount), ...batch.texts.slice(row.textFirst, row.textFirst + row.textCount)],
    status: row.status,
  };
}
