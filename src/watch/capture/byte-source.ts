// SPDX-License-Identifier: Apache-2.0
/** Where the bytes of a capture come from: a file, a pipe, a program, an inflater around one of these. */
export interface ByteSource {
  /**
   * Fills `into` from index `from` on, with at least one byte, and answers how many; 0 = the end. The bytes are copied: the
   * source keeps no reference. Waits while there is nothing yet. Raises ShinraiError when the disk or the program fails.
   */
  read(into: Uint8Array, from: number): Promise<number>;
  /** Why the bytes ended earlier than their container promised (cut or damaged gzip); undefined when they did not. */
  damage(): string | undefined;
  /** Gives up file and memory; a waiting `read` answers 0. May be called twice. */
  close(): Promise<void>;
}
