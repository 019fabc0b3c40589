// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import { cutText, formatIpv4, formatIpv6, textCharactersMax, textOf } from '../wire-text.ts';
import { broken, cut, readName } from './names.ts';

/** Type numbers that people know by name. Source: IANA, Domain Name System (DNS) Parameters, read 2025. */
const typeNames: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [10, 'NULL'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [29, 'LOC'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [44, 'SSHFP'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [50, 'NSEC3'],
  [52, 'TLSA'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [249, 'TKEY'],
  [250, 'TSIG'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [256, 'URI'],
  [257, 'CAA'],
]);

/** `A`, or `TYPE1234` for a number without a name (RFC 3597, section 5). */
export function typeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`;
}

/** What a record begins with: its name, type, and where its content lies in the message. */
export interface RecordRead {
  readonly name: string;
  readonly type: number;
  readonly contentStart: number;
  /** Offset after the record, or `cut` or `broken` as in names.ts. */
  readonly next: number;
}

/** Reads a resource record at `at` of the message in [start, end). Attacker-controlled. Source: RFC 1035, section 4.1.3. */
export function readRecord(bytes: Uint8Array, start: number, at: number, end: number): RecordRead {
  const { name, next } = readName(bytes, start, at, end);
  if (next < 0) return { name: '', type: 0, contentStart: 0, next };
  if (next + 10 > end) return { name, type: 0, contentStart: 0, next: cut };
  const contentEnd = next + 10 + readUint16(bytes, next + 8);
  return { name, type: readUint16(bytes, next), contentStart: next + 10, next: contentEnd > end ? cut : contentEnd };
}

/**
 * A record's content as a text: addresses, names, strings; the type's name where the content has no short form.
 * undefined when the content breaks the rules of its type. The record must have been read without refusal.
 */
export function formatContent(bytes: Uint8Array, start: number, record: RecordRead): string | undefined {
  const { type, contentStart: at, next: end } = record;
  switch (type) {
    case 1:
      return end - at === 4 ? formatIpv4(bytes, at) : undefined;
    case 28:
      return end - at === 16 ? formatIpv6(bytes, at) : undefined;
    case 2:
    case 5:
    case 6:
    case 12:
    case 39:
      return nameIn(bytes, start, at, end);
    case 15:
      return end - at > 2 ? nameIn(bytes, start, at + 2, end) : undefined;
    case 33: {
      const name = end - at > 6 ? nameIn(bytes, start, at + 6, end) : undefined;
      return name === undefined ? undefined : `${name}:${readUint16(bytes, at + 4)}`;
    }
    case 16:
      return stringsIn(bytes, at, end);
    default:
      return typeName(type);
  }
}

function nameIn(bytes: Uint8Array, start: number, at: number, end: number): string | undefined {
  const { name, next } = readName(bytes, start, at, end);
  return next === cut || next === broken ? undefined : cutText(name);
}

/** The strings of a TXT record, joined by spaces. */
function stringsIn(bytes: Uint8Array, at: number, end: number): string | undefined {
  const strings: string[] = [];
  let characters = 0;
  for (let offset = at; offset < end; ) {
    const stringEnd = offset + 1 + (bytes[offset] as number); // offset < end
    if (stringEnd > end) return undefined;
    if (characters < textCharactersMax) strings.push(textOf(bytes, offset + 1, stringEnd));
    characters += stringEnd - offset;
    offset = stringEnd;
  }
  return cutText(strings.join(' '));
}
