// SPDX-License-Identifier: Apache-2.0
import type { MessageBatch } from '../../../model/message.ts';
import { type Carrier, type Decoder, type Piece, type Protocol, pendingMax } from '../../../protocols/protocol.ts';
import { appState, type FlowColumns, flowBit } from '../flows/flow-columns.ts';
import type { FlowRows } from '../flows/flow-table.ts';
import { transport } from '../headers/transport-header.ts';
import { HeldBytes } from './held-bytes.ts';
import { Recogniser, verdict } from './recognise.ts';
import type { Stash } from './stash.ts';

/** Named limits: pieces of a flow that are offered before it counts as unknown; bytes kept while a protocol is not yet sure. */
const triesMax = 12;
const undecidedBytesMax = 8192;
/** Bytes that all conversations together may keep (unread, undecided, out of order). */
const heldBytesMax = 64 * 1024 * 1024;

/** What is remembered of one conversation's content; made only when there is something to remember. */
export class Conversation {
  decoder: Decoder | undefined;
  heldA: HeldBytes | undefined;
  heldB: HeldBytes | undefined;
  stashA: Stash | undefined;
  stashB: Stash | undefined;
  /** A protocol that said `maybe`, and on which side (0, 1). */
  favoured = -1;
  favouredSide = -1;
  /** The protocol that was wrong: a guess is corrected once. */
  excluded = -1;
}

class MutablePiece implements Piece {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  packet = 0;
  atMs = 0;
  flow = 0;
  fromClient = false;
}

/** Hands what conversations carry to their decoders, after finding out by content which that is. */
export class Dissection {
  readonly conversations: (Conversation | undefined)[] = [];
  readonly recogniser: Recogniser;
  readonly identified: number[] = [];
  /** Telemetry. */
  gaps = 0;
  gapBytes = 0;
  pendingOverflows = 0;
  corrected = 0;
  heldBytes = 0;
  readonly #protocols: readonly Protocol[];
  readonly #flows: FlowRows;
  readonly #out: MessageBatch;
  readonly #piece = new MutablePiece();
  readonly #tellUnknown: boolean;

  constructor(options: { readonly protocols: readonly Protocol[]; readonly flows: FlowRows; readonly out: MessageBatch; readonly tellUnknown: boolean }) {
    this.#protocols = options.protocols;
    this.#flows = options.flows;
    this.#out = options.out;
    this.#tellUnknown = options.tellUnknown;
    this.recogniser = new Recogniser(options.protocols);
  }

  /** The next bytes of a direction of a TCP conversation, in order. */
  stream(row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    const columns = this.#flows.columns;
    const app = columns.app[row];
    if (app === appState.decoding) this.#decodeStream(this.#decodingConversation(row), row, side, bytes, start, end, packet, atMs);
    else if (app === appState.undecided) this.#identifyStream(row, side, bytes, start, end, packet, atMs);
    if (this.#tellUnknown && columns.app[row] === appState.unknown) this.#sayUnknownOnce(columns, row, side, packet, atMs);
  }

  /** One datagram, or one frame's payload. */
  datagram(kind: Carrier['kind'], row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    const columns = this.#flows.columns;
    const app = columns.app[row];
    if (app === appState.decoding) this.#decode(this.#decodingConversation(row), row, side, bytes, start, end, packet, atMs);
    else if (app === appState.undecided) this.#identifyDatagram(kind, row, side, bytes, start, end, packet, atMs);
    if (this.#tellUnknown && columns.app[row] !== appState.decoding) this.#sayUnknown(row, side, packet, atMs);
  }

  /** Bytes of the direction were lost: what was half read is void. */
  skip(row: number, side: number, missing: number): void {
    this.gaps += 1;
    this.gapBytes += missing;
    const conversation = this.conversations[row];
    if (conversation === undefined) return;
    this.#forgetHeld(conversation, side);
    conversation.decoder?.skip?.(this.#isClient(row, side), missing);
  }

  /** Forgets what is remembered of a conversation; its protocol stays known and a new decoder takes over when it goes on. */
  release(row: number): void {
    const conversation = this.conversations[row];
    if (conversation === undefined) return;
    this.heldBytes -= (conversation.heldA?.bytes.length ?? 0) + (conversation.heldB?.bytes.length ?? 0);
    this.heldBytes -= (conversation.stashA?.bytes ?? 0) + (conversation.stashB?.bytes ?? 0);
    this.conversations[row] = undefined;
  }

  /** Both sides have ended: forgets the conversation unless bytes still wait for their turn. */
  close(row: number): void {
    const conversation = this.conversations[row];
    if (conversation === undefined) return;
    if ((conversation.stashA?.segments.length ?? 0) + (conversation.stashB?.segments.length ?? 0) === 0) this.release(row);
  }

  /** Moves a conversation's memory to the row in which its flow goes on. */
  adopt(row: number, conversation: Conversation): void {
    this.remember(row);
    this.conversations[row] = conversation;
  }

  /** The conversation's memory, made when it is not there. */
  remember(row: number): Conversation {
    const known = this.conversations[row];
    if (known !== undefined) return known;
    const conversation = new Conversation();
    while (this.conversations.length < row) this.conversations.push(undefined); // no holes: the engine keeps a fast array
    this.conversations[row] = conversation;
    return conversation;
  }

  /** True when all conversations together keep more than they may: the asker gives its own up. */
  isCrowded(): boolean {
    return this.heldBytes > heldBytesMax;
  }

  #isClient(row: number, side: number): boolean {
    return ((this.#flows.columns.state[row] as number) & flowBit.clientIsB) === side; // clientIsB is bit 1: equal to the client's side
  }

  #decodingConversation(row: number): Conversation {
    const conversation = this.conversations[row] ?? this.remember(row);
    if (conversation.decoder === undefined) {
      const service = this.#flows.columns.service[row] as number;
      const protocol = this.#protocols[service - 1] as Protocol; // a decoding flow has a service
      conversation.decoder = protocol.createDecoder(this.#carrierOf(row));
    }
    return conversation;
  }

  #carrierOf(row: number): Carrier['kind'] {
    const code = this.#flows.transportCode(row);
    return code === transport.tcp ? 'stream' : code === transport.ethernet ? 'frame' : 'datagram';
  }

  #decodeStream(conversation: Conversation, row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    const held = side === 0 ? conversation.heldA : conversation.heldB;
    if (held !== undefined && held.count > 0) {
      this.#holdMore(conversation, side, bytes, start, end, packet, atMs);
      this.#decodeHeld(conversation, row, side, held);
      return;
    }
    const consumed = this.#decode(conversation, row, side, bytes, start, end, packet, atMs);
    if (consumed < end - start && conversation.decoder !== undefined) this.#holdMore(conversation, side, bytes, start + consumed, end, packet, atMs);
  }

  #decodeHeld(conversation: Conversation, row: number, side: number, held: HeldBytes): void {
    const consumed = this.#decode(conversation, row, side, held.bytes, 0, held.count, held.packet, held.atMs);
    this.heldBytes -= held.drop(consumed);
    if (held.count <= pendingMax && !this.isCrowded()) return;
    const lost = held.count;
    this.pendingOverflows += 1;
    this.heldBytes -= held.drop(lost);
    this.gaps += 1;
    this.gapBytes += lost;
    conversation.decoder?.skip?.(this.#isClient(row, side), lost);
  }

  /** Runs the decoder over the piece; answers how much of it was consumed. Lets go of a protocol that turns out wrong. */
  #decode(conversation: Conversation, row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): number {
    const decoder = conversation.decoder as Decoder; // callers come with a deciding conversation
    const piece = this.#piece;
    piece.bytes = bytes;
    piece.start = start;
    piece.end = end;
    piece.packet = packet;
    piece.atMs = atMs;
    piece.flow = row;
    piece.fromClient = this.#isClient(row, side);
    const out = this.#out;
    const before = out.count;
    const consumed = decoder.decode(piece, out);
    if (out.count === before || out.rows[out.count - 1]?.status === 'malformed') this.#correctIfLost(conversation, row);
    return Math.max(0, Math.min(consumed, end - start));
  }

  /** A wrong guess is corrected once; after that the flow stays with the name it has. */
  #correctIfLost(conversation: Conversation, row: number): void {
    if (conversation.excluded >= 0 || conversation.decoder?.isLost?.() !== true) return;
    const columns = this.#flows.columns;
    conversation.excluded = (columns.service[row] as number) - 1;
    conversation.decoder = undefined;
    conversation.favoured = -1;
    columns.service[row] = 0;
    columns.app[row] = appState.undecided;
    columns.tries[row] = 0;
    this.#forgetHeld(conversation, 0);
    this.#forgetHeld(conversation, 1);
    this.corrected += 1;
    this.identified.push(row);
  }

  #identifyStream(row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    const known = this.conversations[row];
    const held = known === undefined ? undefined : side === 0 ? known.heldA : known.heldB;
    let answer: number;
    if (known !== undefined && held !== undefined && held.count > 0) {
      this.#holdMore(known, side, bytes, start, end, packet, atMs);
      answer = this.#ask('stream', row, side, held.bytes, 0, held.count);
      if (answer === verdict.yes) this.#decide(row);
      else if (answer === verdict.no) this.#forgetHeld(known, side);
    } else {
      answer = this.#ask('stream', row, side, bytes, start, end);
      if (answer === verdict.yes) {
        this.#decide(row);
        this.#decodeStream(this.#decodingConversation(row), row, side, bytes, start, end, packet, atMs);
      } else if (answer !== verdict.no) this.#holdMore(this.remember(row), side, bytes, start, end, packet, atMs);
    }
    if (answer !== verdict.yes) this.#countTry(row, side);
  }

  #identifyDatagram(kind: Carrier['kind'], row: number, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    const answer = this.#ask(kind, row, side, bytes, start, end);
    if (answer === verdict.maybe) {
      // Kept, so that it is decoded when the next one confirms.
      const conversation = this.remember(row);
      if ((conversation.heldA?.count ?? 0) + (conversation.heldB?.count ?? 0) === 0) this.#holdMore(conversation, side, bytes, start, end, packet, atMs);
    }
    if (answer !== verdict.yes) {
      this.#countTry(row, side);
      return;
    }
    this.#decide(row);
    this.#decode(this.#decodingConversation(row), row, side, bytes, start, end, packet, atMs);
  }

  /** Asks the protocols; `maybe` becomes `yes` when the port fits too, or when the other side (the next datagram) says the same. */
  #ask(kind: Carrier['kind'], row: number, side: number, bytes: Uint8Array, start: number, end: number): number {
    const flows = this.#flows;
    const known = this.conversations[row];
    const favoured = known?.favoured ?? -1;
    const excluded = known?.excluded ?? -1;
    const hint = flows.serverPort(row);
    const otherHint = kind === 'frame' ? hint : flows.clientPort(row);
    const fromClient = this.#isClient(row, side);
    const recogniser = this.recogniser;
    const answer = recogniser.ask(kind, hint, otherHint, bytes, start, end, fromClient, favoured, excluded);
    if (answer === verdict.no && kind !== 'frame' && ((flows.columns.state[row] as number) & flowBit.clientIsFirm) === 0) {
      // The first packet seen came from the middle of a conversation: perhaps it is the server that speaks.
      if (recogniser.ask(kind, hint, otherHint, bytes, start, end, !fromClient, favoured, excluded) !== verdict.yes) return verdict.no;
      flows.turnRound(row);
      flows.columns.service[row] = recogniser.protocol + 1;
      return verdict.yes;
    }
    if (answer === verdict.wait && kind !== 'stream') return verdict.no;
    if (answer === verdict.maybe && !recogniser.isHinted) {
      const isConfirmed = favoured === recogniser.protocol && (kind !== 'stream' || known?.favouredSide !== side);
      if (!isConfirmed) {
        if (favoured === recogniser.protocol) return verdict.maybe;
        const conversation = this.remember(row);
        conversation.favoured = recogniser.protocol;
        conversation.favouredSide = side;
        return verdict.maybe;
      }
    }
    if (answer === verdict.no || answer === verdict.wait) return answer;
    flows.columns.service[row] = recogniser.protocol + 1;
    return verdict.yes;
  }

  /** The service is known: decodes what was kept, in the order of the packets. */
  #decide(row: number): void {
    this.#flows.columns.app[row] = appState.decoding;
    this.identified.push(row);
    const conversation = this.#decodingConversation(row);
    if (conversation.heldA === undefined && conversation.heldB === undefined) return;
    const first = (conversation.heldA?.packet ?? 0) <= (conversation.heldB?.packet ?? 0) ? 0 : 1;
    this.#decodeKept(conversation, row, first);
    this.#decodeKept(conversation, row, 1 - first);
  }

  #decodeKept(conversation: Conversation, row: number, side: number): void {
    const held = side === 0 ? conversation.heldA : conversation.heldB;
    if (held === undefined || held.count === 0 || conversation.decoder === undefined) return;
    this.#decodeHeld(conversation, row, side, held);
    if (this.#carrierOf(row) !== 'stream') this.#forgetHeld(conversation, side);
  }

  #countTry(row: number, side: number): void {
    const columns = this.#flows.columns;
    const tries = (columns.tries[row] as number) + 1;
    columns.tries[row] = tries;
    const conversation = this.conversations[row];
    const held = side === 0 ? conversation?.heldA : conversation?.heldB;
    if (tries < triesMax && (held === undefined || held.count <= undecidedBytesMax) && !this.isCrowded()) return;
    columns.app[row] = appState.unknown;
    this.release(row);
  }

  #holdMore(conversation: Conversation, side: number, bytes: Uint8Array, start: number, end: number, packet: number, atMs: number): void {
    let held = side === 0 ? conversation.heldA : conversation.heldB;
    if (held === undefined) {
      held = new HeldBytes();
      if (side === 0) conversation.heldA = held;
      else conversation.heldB = held;
    }
    this.heldBytes += held.add(bytes, start, end, packet, atMs);
  }

  #forgetHeld(conversation: Conversation, side: number): void {
    const held = side === 0 ? conversation.heldA : conversation.heldB;
    if (held !== undefined) this.heldBytes -= held.drop(held.count);
  }

  #sayUnknownOnce(columns: FlowColumns, row: number, side: number, packet: number, atMs: number): void {
    const bit = side === 0 ? flowBit.saidA : flowBit.saidB;
    const state = columns.state[row] as number;
    if ((state & bit) !== 0) return;
    columns.state[row] = state | bit;
    this.#sayUnknown(row, side, packet, atMs);
  }

  #sayUnknown(row: number, side: number, packet: number, atMs: number): void {
    this.#out.next(packet, atMs, row, this.#isClient(row, side), 'unknown').functionName = 'payload';
  }
}
