// SPDX-License-Identifier: Apache-2.0

const rowBytes = 16;

export interface HexByte {
  readonly offset: number;
  readonly hex: string;
  /** The byte as a printable ASCII character, else a dot. */
  readonly sign: string;
}
export interface HexRow {
  readonly offset: number;
  readonly bytes: readonly HexByte[];
}

/** Bytes in rows of sixteen. A last half byte, which only a broken answer holds, is left out. */
export function hexRows(hex: string): readonly HexRow[] {
  const rows: HexRow[] = [];
  const count = Math.floor(hex.length / 2);
  for (let start = 0; start < count; start += rowBytes) {
    const bytes: HexByte[] = [];
    for (let offset = start; offset < Math.min(start + rowBytes, count); offset += 1) {
      const pair = hex.slice(offset * 2, offset * 2 + 2);
      const value = Number.parseInt(pair, 16);
      bytes.push({ offset, hex: pair, sign: value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : '·' });
    }
    rows.push({ offset: start, bytes });
  }
  return rows;
}

export interface Span {
  readonly offset: number;
  readonly length: number;
}
export function covers(span: Span | null, offset: number): boolean {
  return span !== null && offset >= span.offset && offset < span.offset + span.length;
}

/** Name of the narrowest field that holds the byte: what a person means who points at it. */
export function fieldAt<F extends Span>(fields: readonly F[], offset: number): F | null {
  let best: F | null = null;
  for (const field of fields) if (covers(field, offset) && (best === null || field.length < best.length)) best = field;
  return best;
}
