// SPDX-License-Identifier: Apache-2.0
import type { MessageBatch } from '../model/message.ts';

/** What an operation means for the process; a property of the protocol, not of a detector. */
export const operationClasses = [
  'read',
  'write',
  'program',
  'mode',
  'stop-start',
  'firmware',
  'authentication',
  'time',
  'diagnostics',
  'discovery',
  'session',
  'other',
] as const;
export type OperationClass = (typeof operationClasses)[number];

export interface Operation {
  /** Name as it stands in messages: `write-single-coil`. */
  readonly name: string;
  /** Number on the wire where there is one. */
  readonly code: number | undefined;
  readonly class: OperationClass;
  /** ATT&CK for ICS technique that misuse of it would be, where one fits (`T0855`). */
  readonly technique?: string;
}

/** How sure a protocol is that bytes are its own: by content, not by port. `wait` = looks right so far, too short to tell. */
export type Recognition = 'no' | 'wait' | 'maybe' | 'yes';

/** Which piece of a conversation is handed to a decoder. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** The piece lies in [start, end) of bytes. It is not copied: read it during the call. Attacker-controlled. */
  readonly start: number;
  readonly end: number;
  readonly packet: number;
  readonly atMs: number;
  readonly flow: number;
  readonly fromClient: boolean;
}

/** State of one conversation in one protocol: pairing of requests, what is pending. Bounded by the decoder itself. */
export interface Decoder {
  /**
   * Datagram and frame protocols: the piece is one whole datagram or frame; everything in it is decoded, the answer is ignored.
   * Stream protocols: the piece is the unread part of one direction; answers how many bytes were consumed. The rest is offered
   * again, longer, when more arrives. What is left unread beyond `pendingMax` (less when memory is short) is thrown away and told by `skip`, as if
   * it had been lost. Never throws, never keeps the bytes, appends to `out`.
   */
  decode(piece: Piece, out: MessageBatch): number;
  /** So many bytes of this direction were lost, unread ones that the decoder was offered included: forget what was half read and find the next start. */
  skip?(fromClient: boolean, missing: number): void;
  /**
   * True once so much could not be read that the guess of this protocol was probably wrong (or its peer was taken over):
   * the driver may ask the other protocols again. A decoder without it is never lost.
   */
  isLost?(): boolean;
}

/**
 * Function name of a message that stands for bytes a decoder could not read (status `malformed` or `truncated`): at most one
 * per datagram, and one per loss of synchronisation in a stream. Not in any operation list.
 */
export const unreadable = 'unreadable';

export interface Protocol {
  /** Folder name and the word in all output. */
  readonly name: string;
  readonly title: string;
  readonly specification: string;
  /** How it is carried. `stream` over TCP, `datagram` over UDP, `frame` directly on Ethernet. One protocol may have several. */
  readonly carriers: readonly Carrier[];
  readonly operations: readonly Operation[];
  /** What fields a person sees beside the bytes; each decoder can name them for one message (`shinrai messages`, packet view). */
  recognise(bytes: Uint8Array, start: number, end: number, fromClient: boolean, carrier: Carrier['kind']): Recognition;
  createDecoder(carrier: Carrier['kind']): Decoder;
}

export type Carrier =
  | { readonly kind: 'stream' | 'datagram'; readonly ports: readonly number[] }
  | { readonly kind: 'frame'; readonly etherTypes: readonly number[] };

/** Named limit: how many bytes of a direction a decoder may leave unread to be offered again. */
export const pendingMax = 65_536;
