// SPDX-License-Identifier: Apache-2.0
import { formatObject, type MessageBatch, type MessageRow } from '../../src/model/message.ts';
import { protocols } from '../../src/protocols/index.ts';
import { openCapture } from '../../src/watch/capture/capture-file.node.ts';
import { createTraffic } from '../../src/watch/traffic/traffic.ts';

/** A message of a capture, as the tests compare it. */
export interface CapturedMessage {
  readonly packet: number;
  readonly fromClient: boolean;
  readonly protocol: string;
  readonly kind: string;
  readonly unit: number;
  readonly function: string;
  readonly object: string | null;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly status: string;
  readonly isAnswer: boolean;
}

/** All messages of a capture file, through the real reader and the real traffic room. */
export async function readMessages(path: string): Promise<readonly CapturedMessage[]> {
  const source = await openCapture(path);
  const traffic = createTraffic({ protocols });
  const messages: CapturedMessage[] = [];
  const take = (): void => {
    const out = traffic.messages;
    for (let index = 0; index < out.count; index += 1) messages.push(toCaptured(out.rows[index] as MessageRow, out)); // index < count
  };
  for await (const batch of source.batches()) {
    traffic.observe(batch);
    take();
  }
  traffic.finish();
  take();
  await source.close();
  return messages;
}

function toCaptured(row: MessageRow, out: MessageBatch): CapturedMessage {
  return {
    packet: row.packet,
    fromClient: row.fromClient,
    protocol: row.protocol,
    kind: row.kind,
    unit: row.unit,
    function: row.functionName,
    object: formatObject(row),
    numbers: [...out.values.subarray(row.valueFirst, row.valueFirst + row.valueCount)],
    texts: out.texts.slice(row.textFirst, row.textFirst + row.textCount),
    status: row.status,
    isAnswer: row.answeredMs >= 0,
  };
}
