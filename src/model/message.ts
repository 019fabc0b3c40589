// SPDX-License-Identifier: Apache-2.0
import { flag, integer, list, nullable, number, object, oneOf, type Static, text, union } from '../base/schema.ts';

export const messageKinds = ['request', 'response', 'notify'] as const;
export type MessageKind = (typeof messageKinds)[number];

/**
 * One protocol message as it stands in the reused rows of a {@link MessageBatch}: decoders fill it without allocating.
 * Texts are constants of the decoder (functions, object spaces) or short strings from the wire, cut at 256 characters.
 */
export interface MessageRow {
  /** Number of the packet that completed the message. */
  packet: number;
  atMs: number;
  /** Row of the flow in the {@link FlowTable}. */
  flow: number;
  fromClient: boolean;
  /** Name of the protocol: its folder under `src/protocols/`, or `unknown`. */
  protocol: string;
  kind: MessageKind;
  /** The station behind the address (Modbus unit, DNP3 link address …); -1 when the protocol has none. */
  unit: number;
  /** Name of the function from the protocol's operation list; `function-<n>` where the number is not in the list. */
  functionName: string;
  /** What the function acts on: a space with a range (`holding-register`, 100, 2), or a name (`example.org`) with first = -1; '' for nothing. */
  object: string;
  objectFirst: number;
  objectCount: number;
  /** Values are in `MessageBatch.values` at [valueFirst, valueFirst + valueCount); texts likewise in `texts`. */
  valueFirst: number;
  valueCount: number;
  textFirst: number;
  textCount: number;
  /** `ok`, or the protocol's word for what went wrong (`illegal-data-address`, `NXDOMAIN`, `truncated`, `malformed` …). */
  status: string;
  /** Milliseconds since the request that this response answers; -1 when it answers none that was seen. */
  answeredMs: number;
}

/** Messages of one batch of packets in order of completion; rows and values are used again for the next batch. */
export class MessageBatch {
  readonly rows: MessageRow[] = [];
  count = 0;
  /** Numbers read from the messages of this batch. Bounded as the texts are: what does not fit is left out and the row says so by its smaller count. */
  readonly values = new Float64Array(valuesMax);
  valueCount = 0;
  readonly texts: string[] = [];
  textCount = 0;

  /** A row to fill, with its optional parts emptied. */
  next(packet: number, atMs: number, flow: number, fromClient: boolean, protocol: string): MessageRow {
    let row = this.rows[this.count];
    if (row === undefined) {
      row = {
        packet,
        atMs,
        flow,
        fromClient,
        protocol,
        kind: 'notify',
        unit: -1,
        functionName: '',
        object: '',
        objectFirst: -1,
        objectCount: 0,
        valueFirst: 0,
        valueCount: 0,
        textFirst: 0,
        textCount: 0,
        status: 'ok',
        answeredMs: -1,
      };
      this.rows.push(row);
    }
    row.packet = packet;
    row.atMs = atMs;
    row.flow = flow;
    row.fromClient = fromClient;
    row.protocol = protocol;
    row.kind = 'notify';
    row.unit = -1;
    row.functionName = '';
    row.object = '';
    row.objectFirst = -1;
    row.objectCount = 0;
    row.valueFirst = this.valueCount;
    row.valueCount = 0;
    row.textFirst = this.textCount;
    row.textCount = 0;
    row.status = 'ok';
    row.answeredMs = -1;
    this.count += 1;
    return row;
  }

  addValue(row: MessageRow, value: number): void {
    if (this.valueCount === valuesMax) return;
    this.values[this.valueCount] = value;
    this.valueCount += 1;
    row.valueCount += 1;
  }

  addText(row: MessageRow, value: string): void {
    if (this.textCount === textsMax) return;
    this.texts[this.textCount] = value;
    this.textCount += 1;
    row.textCount += 1;
  }

  reset(): void {
    this.count = 0;
    this.valueCount = 0;
    this.textCount = 0;
  }
}
const valuesMax = 262_144;
const textsMax = 262_144;

/** A message as it leaves the line: `shinrai messages --json`, the API, evidence. */
export const Message = object('Message', {
  packet: integer({ minimum: 1, description: 'Number of the packet that completed the message, counted from 1.' }),
  atMs: number(),
  clientAddress: text(),
  serverAddress: text(),
  fromClient: flag(),
  protocol: text(),
  kind: oneOf(messageKinds),
  unit: nullable(integer()),
  function: text(),
  object: nullable(text({ description: 'e.g. holding-register/100-101, or a name.' })),
  values: list(union(number(), text())),
  status: text(),
});
export type Message = Static<typeof Message>;

/** `holding-register/100-101`, `holding-register/100`, `example.org`, or null. */
export function formatObject(row: Pick<MessageRow, 'object' | 'objectFirst' | 'objectCount'>): string | null {
  if (row.object === '') return null;
  if (row.objectFirst < 0) return row.object;
  if (row.objectCount <= 1) return `${row.object}/${row.objectFirst}`;
  return `${row.object}/${row.objectFirst}-${row.objectFirst + row.objectCount - 1}`;
}
