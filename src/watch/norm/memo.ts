// SPDX-License-Identifier: Apache-2.0
import type { MessageRow } from '../../model/message.ts';

/** What a flow says again and again: one kind of message, with the group that counts it in the batch under way. */
export interface MemoRow {
  fromClient: boolean;
  kind: string;
  protocol: string;
  unit: number;
  functionName: string;
  object: string;
  objectFirst: number;
  objectCount: number;
  status: string;
  /** Number of the group in the batch `batch`. */
  group: number;
  batch: number;
  /** The norm held it in this epoch; -1 = not known. */
  heldEpoch: number;
}

export interface MessageMemo {
  /** The row of messages like this one on its flow; a new one (group -1 for this batch) when there is none. */
  find(message: MessageRow): MemoRow;
  /** The flow's row of the table was given to another conversation. */
  forget(flow: number): void;
}

/**
 * Named limits. Beyond `rowsPerFlowMax` the kind of message that was not seen longest is forgotten; beyond `rowsMax` everything is:
 * most rows then belong to conversations that have long ended. Forgetting costs time, never a feature. A row takes about 200 bytes.
 */
export const rowsPerFlowMax = 24;
export const rowsMax = 65_536;

/**
 * Remembers what each flow has already said, so that the thousandth equal poll costs a few comparisons.
 * A flow's rows are a short list, the latest first: texts are constants of the decoders, so that most comparisons are of pointers.
 */
export function createMessageMemo(): MessageMemo {
  let rowsOf: (MemoRow[] | undefined)[] = [];
  let rows = 0;
  return {
    find: (message) => {
      let list = rowsOf[message.flow];
      if (list === undefined) {
        if (rows >= rowsMax) {
          rowsOf = [];
          rows = 0;
        }
        list = [];
        rowsOf[message.flow] = list;
      }
      for (let index = 0; index < list.length; index += 1) {
        const row = list[index] as MemoRow; // index lies inside the list
        if (!isLike(row, message)) continue;
        if (index > 0) {
          list[index] = list[index - 1] as MemoRow; // index - 1 lies inside the list
          list[index - 1] = row;
        }
        return row;
      }
      const row = rowFor(message);
      if (list.length < rowsPerFlowMax) {
        list.push(row);
        rows += 1;
      } else list[list.length - 1] = row;
      return row;
    },
    forget: (flow) => {
      const list = rowsOf[flow];
      if (list === undefined) return;
      rows -= list.length;
      rowsOf[flow] = undefined;
    },
  };
}

function isLike(row: MemoRow, message: MessageRow): boolean {
  return (
    row.objectFirst === message.objectFirst &&
    row.fromClient === message.fromClient &&
    row.unit === message.unit &&
    row.objectCount === message.objectCount &&
    row.functionName === message.functionName &&
    row.kind === message.kind &&
    row.object === message.object &&
    row.status === message.status &&
    row.protocol === message.protocol
  );
}

function rowFor(message: MessageRow): MemoRow {
  return {
    fromClient: message.fromClient,
    kind: message.kind,
    protocol: message.protocol,
    unit: message.unit,
    functionName: message.functionName,
    object: message.object,
    objectFirst: message.objectFirst,
    objectCount: message.objectCount,
    status: message.status,
    group: -1,
    batch: -1,
    heldEpoch: -1,
  };
}
