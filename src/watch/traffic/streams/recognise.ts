// SPDX-License-Identifier: Apache-2.0
import type { Carrier, Protocol } from '../../../protocols/protocol.ts';

type CarrierKind = Carrier['kind'];

/** How sure the list of protocols is, as numbers for the hot path. */
export const verdict = { no: 0, wait: 1, maybe: 2, yes: 3 } as const;

/** Candidates of one carrier: those that a port (or EtherType) hints at, and all. */
interface Candidates {
  readonly byHint: ReadonlyMap<number, readonly number[]>;
  readonly all: readonly number[];
}

const nobody: readonly number[] = [];

/**
 * Which protocol bytes belong to, by content. A port only says who is asked first and whether `maybe` suffices; it never gives a
 * name by itself. The answer to {@link ask} stands in `protocol` and `isHinted`: no allocation.
 */
export class Recogniser {
  /** Number in the list of protocols of the last answer that was not `no`. */
  protocol = -1;
  /** The port or EtherType speaks for it too. */
  isHinted = false;
  /** Ports that some protocol names for its servers: 1 = stream, 2 = datagram, 3 = both. */
  readonly serverPorts = new Uint8Array(65_536);
  readonly #protocols: readonly Protocol[];
  readonly #candidates: Readonly<Record<CarrierKind, Candidates>>;

  constructor(protocols: readonly Protocol[]) {
    this.#protocols = protocols;
    this.#candidates = { stream: gather(protocols, 'stream'), datagram: gather(protocols, 'datagram'), frame: gather(protocols, 'frame') };
    for (const port of this.#candidates.stream.byHint.keys()) this.serverPorts[port] = 1;
    for (const port of this.#candidates.datagram.byHint.keys()) this.serverPorts[port] = (this.serverPorts[port] as number) | 2; // a port is below 65,536
  }

  /**
   * Asks the protocols of the carrier about the bytes in [start, end). `hint` and `otherHint` are the ports (or the EtherType, twice);
   * `favoured` is a protocol that said `maybe` before (-1 = none), `excluded` one that was proven wrong.
   */
  ask(
    kind: CarrierKind,
    hint: number,
    otherHint: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    fromClient: boolean,
    favoured: number,
    excluded: number,
  ): number {
    const candidates = this.#candidates[kind];
    const first = candidates.byHint.get(hint) ?? nobody;
    const second = hint === otherHint ? nobody : (candidates.byHint.get(otherHint) ?? nobody);
    let best: number = verdict.no;
    for (let pass = 0; pass < 2; pass += 1) {
      for (const index of pass === 0 ? first : second) {
        if (index === excluded) continue;
        const answer = this.#askOne(index, kind, bytes, start, end, fromClient);
        if (answer > best) best = this.#note(index, true, answer);
        if (answer === verdict.yes) return verdict.yes;
      }
    }
    // One whose port fits and whose content fits so far is worth waiting for.
    if (best === verdict.wait || kind === 'frame') return best;
    let other: number = verdict.no;
    let otherProtocol = -1;
    for (const index of candidates.all) {
      if (index === excluded || first.includes(index) || second.includes(index)) continue;
      const answer = this.#askOne(index, kind, bytes, start, end, fromClient);
      if (answer === verdict.yes) return this.#note(index, false, answer);
      if (answer > other || (answer === other && answer !== verdict.no && index === favoured)) {
        other = answer;
        otherProtocol = index;
      }
    }
    if (best !== verdict.no || other === verdict.no) return best;
    return this.#note(otherProtocol, false, other);
  }

  #askOne(index: number, kind: CarrierKind, bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const protocol = this.#protocols[index] as Protocol; // candidates are indexes of the list
    return verdict[protocol.recognise(bytes, start, end, fromClient, kind)];
  }

  #note(index: number, isHinted: boolean, answer: number): number {
    this.protocol = index;
    this.isHinted = isHinted;
    return answer;
  }
}

function gather(protocols: readonly Protocol[], kind: CarrierKind): Candidates {
  const byHint = new Map<number, number[]>();
  const all: number[] = [];
  protocols.forEach((protocol, index) => {
    for (const carrier of protocol.carriers) {
      if (carrier.kind !== kind) continue;
      all.push(index);
      for (const hint of carrier.kind === 'frame' ? carrier.etherTypes : carrier.ports) {
        const known = byHint.get(hint);
        if (known === undefined) byHint.set(hint, [index]);
        else known.push(index);
      }
    }
  });
  return { byHint, all };
}
