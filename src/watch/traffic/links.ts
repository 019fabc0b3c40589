// SPDX-License-Identifier: Apache-2.0
import { flowBit } from './flows/flow-columns.ts';
import type { FlowRows } from './flows/flow-table.ts';

/** What all flows of two endpoints over one service come to. Flows that only asked, without an answer, are one link for each asker. */
export interface Link {
  readonly client: string;
  readonly server: string;
  readonly service: string;
  /** Some packet came from the client, from the server. */
  readonly isAsked: boolean;
  readonly isAnswered: boolean;
  /** It shows what the endpoints are to each other: it was answered, or goes to a group. An unanswered question (a scan) does not. */
  readonly hasRoles: boolean;
  readonly packets: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface Totals {
  packets: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
}
type OpenLink = Link & Totals;

/** In `linkOf`: the row was not looked at yet; an endpoint of it has no address. Else number of the link + 1. */
const unseen = 0;
const unaddressed = -1;

export const unsetAddresses: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Adds up the flows by link. The texts of a flow are made once; a later `read` only walks over the columns of numbers, and looks again
 * at rows whose flow, direction or service has changed.
 */
export class Links {
  readonly #flows: FlowRows;
  readonly #byName = new Map<string, number>();
  readonly #links: OpenLink[] = [];
  /** Rows by what they were when they were looked at: a changed signature means a changed link. */
  #signatures = new Int32Array(0);
  #linkOf = new Int32Array(0);

  constructor(flows: FlowRows) {
    this.#flows = flows;
  }

  /** All links that have packets now, in order of first sight, and the rows with an endpoint without address. Valid until the next call. */
  read(): { readonly links: readonly Link[]; readonly unaddressedRows: readonly number[] } {
    const { columns, count } = this.#flows;
    this.#makeRoom(count);
    for (const link of this.#links) clear(link);
    const unaddressedRows: number[] = [];
    for (let row = 0; row < count; row += 1) {
      // `as number`: rows below `count` are within their columns, and within ours after makeRoom.
      const state = columns.state[row] as number;
      const clientAt = row * 2 + (state & flowBit.clientIsB);
      const clientPackets = columns.packets[clientAt] as number;
      const serverPackets = columns.packets[row * 4 + 1 - clientAt] as number;
      const spoken = (clientPackets > 0 ? 1 : 0) | (serverPackets > 0 ? 2 : 0) | ((state & (flowBit.clientIsB | flowBit.toGroup)) << 2);
      const signature = (columns.hashes[row] as number) ^ Math.imul(((columns.service[row] as number) << 16) | spoken, 0x9e3779b1);
      if (this.#linkOf[row] === unseen || this.#signatures[row] !== signature) {
        this.#signatures[row] = signature;
        this.#linkOf[row] = this.#find(row, clientPackets > 0, serverPackets > 0);
      }
      const number = this.#linkOf[row] as number;
      if (number === unaddressed) {
        unaddressedRows.push(row);
        continue;
      }
      const link = this.#links[number - 1] as OpenLink; // numbers lead to links
      link.packets += clientPackets + serverPackets;
      link.bytes += (columns.bytes[row * 2] as number) + (columns.bytes[row * 2 + 1] as number);
      link.firstMs = Math.min(link.firstMs, columns.firstMs[row] as number);
      link.lastMs = Math.max(link.lastMs, columns.lastMs[row] as number);
    }
    const links = this.#links.filter((link) => link.packets > 0);
    // Links of flows that made room for others stay behind: from time to time everything is looked at anew.
    if (this.#links.length > links.length * 2 + 1024) this.#forget();
    return { links, unaddressedRows };
  }

  #find(row: number, isAsked: boolean, isAnswered: boolean): number {
    const flows = this.#flows;
    const client = flows.clientAddress(row);
    const server = flows.serverAddress(row);
    if (unsetAddresses.has(client) || unsetAddresses.has(server)) return unaddressed;
    const hasRoles = isAnswered || flows.isMulticast(row);
    const service = hasRoles ? flows.service(row) : '';
    const name = hasRoles ? `${client} ${server} ${service} ${isAsked ? 1 : 0}${isAnswered ? 1 : 0}` : client;
    let index = this.#byName.get(name);
    if (index === undefined) {
      index = this.#links.length;
      this.#byName.set(name, index);
      this.#links.push({ client, server, service, isAsked, isAnswered, hasRoles, packets: 0, bytes: 0, firstMs: 0, lastMs: 0 });
      clear(this.#links[index] as OpenLink); // just pushed
    }
    return index + 1;
  }

  #makeRoom(count: number): void {
    if (count <= this.#linkOf.length) return;
    const size = Math.max(1024, count, this.#linkOf.length * 2);
    const [signatures, linkOf] = [new Int32Array(size), new Int32Array(size)];
    signatures.set(this.#signatures);
    linkOf.set(this.#linkOf);
    this.#signatures = signatures;
    this.#linkOf = linkOf;
  }

  #forget(): void {
    this.#links.length = 0;
    this.#byName.clear();
    this.#linkOf.fill(unseen);
  }
}

function clear(totals: Totals): void {
  totals.packets = 0;
  totals.bytes = 0;
  totals.firstMs = Number.POSITIVE_INFINITY;
  totals.lastMs = Number.NEGATIVE_INFINITY;
}
