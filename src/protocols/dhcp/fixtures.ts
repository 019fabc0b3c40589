// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from '../../base/bytes.ts';
import { type Fixture, type FixturePiece, hex } from '../fixture.ts';
import { ascii, sized, uint8 } from '../wire-builder.ts';

interface Fields {
  readonly transaction?: string;
  readonly own?: string;
  readonly given?: string;
}
function packet(operation: 1 | 2, fields: Fields, options: readonly Uint8Array[]): Uint8Array {
  return concatBytes([
    hex(`0${operation}010600 ${fields.transaction ?? '3903f326'} 0000 0000 ${fields.own ?? '00000000'} ${fields.given ?? '00000000'} 00000000 00000000`),
    hex(`020000000009 ${'00'.repeat(10)} ${'00'.repeat(64)} ${'00'.repeat(128)} 63825363`),
    ...options,
  ]);
}
const option = (code: number, content: Uint8Array): Uint8Array => concatBytes([uint8(code), sized(1, content)]);
const type = (value: number): Uint8Array => option(53, uint8(value));
const server = option(54, uint8(10, 0, 0, 1));
const end = uint8(255);

export const fixtures: readonly Fixture[] = [
  {
    name: 'lease',
    carrier: 'datagram',
    pieces: [
      { from: 'client', bytes: packet(1, {}, [type(1), option(12, ascii('hmi-2')), option(60, ascii('MSFT 5.0')), option(50, uint8(10, 0, 0, 55)), end]) },
      { from: 'server', bytes: packet(2, { given: '0a000037' }, [type(2), server, end]) },
      { from: 'client', bytes: packet(1, {}, [type(3), uint8(0, 0), option(50, uint8(10, 0, 0, 55)), server, end]) },
      { from: 'server', bytes: packet(2, { given: '0a000037' }, [type(5), server, end]) },
      { from: 'client', bytes: packet(1, { own: '0a000037', transaction: '00000002' }, [type(8), end]) },
      { from: 'server', bytes: packet(2, { own: '0a000037', transaction: '00000002' }, [type(5), server, end]) },
      { from: 'client', bytes: packet(1, { transaction: '00000003' }, [type(3), option(50, uint8(10, 9, 9, 9)), end]) },
      { from: 'server', bytes: packet(2, { transaction: '00000003' }, [type(6), server, end]) },
      { from: 'client', bytes: packet(1, { own: '0a000037' }, [type(7), server, end]) },
      { from: 'client', bytes: packet(1, {}, [type(77), end]) },
    ],
  },
  {
    name: 'every-type',
    carrier: 'datagram',
    pieces: [
      ...[1, 3, 4, 7, 8, 10].map((value): FixturePiece => ({ from: 'client', bytes: packet(1, {}, [type(value), end]) })),
      ...[2, 5, 6, 9, 11, 12, 13].map((value): FixturePiece => ({ from: 'server', bytes: packet(2, {}, [type(value), server, end]) })),
      { from: 'client', bytes: packet(1, {}, [end]) },
      { from: 'server', bytes: packet(2, { given: '0a000038' }, [end]) },
    ],
  },
  {
    name: 'broken-options',
    carrier: 'datagram',
    isBroken: true,
    pieces: [
      { from: 'client', bytes: packet(1, {}, [type(1), uint8(12, 200), ascii('short')]) },
      { from: 'client', bytes: packet(1, {}, [type(1), option(12, hex('1b5b314d0a'))]) },
      { from: 'client', bytes: packet(1, {}, [option(53, uint8(1, 2)), end]) },
      {
        from: 'client',
        bytes: packet(
          1,
          {},
          Array.from({ length: 200 }, () => uint8(77, 0)),
        ),
      },
      { from: 'client', bytes: packet(1, {}, []).subarray(0, 236) },
      { from: 'client', bytes: hex('0101') },
      { from: 'client', bytes: concatBytes([uint8(9), packet(1, {}, [type(1), end]).subarray(1)]) },
    ],
  },
];
