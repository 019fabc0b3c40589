// SPDX-License-Identifier: Apache-2.0
/**
 * The cryptography that checking needs, passed in so that the same checks run in Node (synchronous, node:crypto)
 * and in a browser (asynchronous, WebCrypto). Neither function throws on input from outside.
 */
export interface Primitives {
  readonly sha256: Sha256;
  /** Whether the 64-byte signature over the message was made by the 32-byte public key; false for every malformed part. Source: RFC 8032, 5.1.7. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

/** SHA-256 of the bytes, 32 bytes, at once or later. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
/** SHA-256 at once: what building a tree needs. */
export type Sha256Now = (bytes: Uint8Array) => Uint8Array;

/** Makes Ed25519 signatures under a name. The key may sit in a file, in hardware or in another process. */
export interface Signer {
  /** Name of the key in notes, e.g. `plant-1.example/evidence`. */
  readonly name: string;
  /** Public half in the text form of signed notes: `name+keyid+base64`. */
  readonly vkey: string;
  /** First four bytes of the key's hash as a number. Source: C2SP signed-note, "Signatures". */
  readonly keyId: number;
  /** 64 bytes of Ed25519 over the message. Safe to call many times at once; the caller leaves the bytes alone until it resolves. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /**
   * Signatures over many messages, in their order, all or none: where the key may be used on several threads at once (a software key).
   * As `sign` for each, only faster.
   */
  signMany?(messages: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Ends what `signMany` has started; after it, `signMany` of many messages rejects with `chain-closed`. Whoever made the signer calls it. */
  close?(): Promise<void>;
}
