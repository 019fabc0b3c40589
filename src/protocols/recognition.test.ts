// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtf8 } from '../base/bytes.ts';
import { hex } from './fixture.ts';
import { protocols } from './index.ts';
import type { Carrier } from './protocol.ts';

/** Bytes of protocols that are not in the list, or on ports of those that are: a port must not give them a name. */
const strangers: readonly (readonly [string, Carrier['kind'], Uint8Array])[] = [
  ['SSH', 'stream', toUtf8('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')],
  ['SMTP', 'stream', toUtf8('220 mail.example ESMTP ready\r\n')],
  ['FTP', 'stream', toUtf8('USER anonymous\r\n')],
  ['S7comm', 'stream', hex('0300001611e00000000100c1020100c2020102c0010a')],
  ['DNP3', 'stream', hex('056405c001000a006b3e')],
  ['IEC 104', 'stream', hex('680407000000')],
  ['EtherNet/IP', 'stream', hex('65000400000000000000000000000000000000000000000001000000')],
  ['MQTT', 'stream', hex('101000044d5154540402003c000474657374')],
  ['OPC UA', 'stream', toUtf8('HELF\u0038\u0000\u0000\u0000')],
  ['RDP', 'stream', hex('030000130ee000000000000100080003000000')],
  ['zeros', 'stream', new Uint8Array(64)],
  ['ones', 'stream', new Uint8Array(64).fill(255)],
  ['NetBIOS name query', 'datagram', hex('80b001100001000000000000204644454a4645454e4445434143414341434143414341434143414341434141410000200001')],
  ['DTLS 1.2', 'datagram', hex('16fefd00000000000000000064010000580000000000000058fefd')],
  ['QUIC', 'datagram', hex('c000000001088394c8f03e5157080000449e')],
  ['SNMP', 'datagram', hex('302602010104067075626c6963a019020401020304020100020100300b300906052b060102010500')],
  ['SSDP', 'datagram', toUtf8('M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n')],
  ['zeros', 'datagram', new Uint8Array(48)],
  ['ones', 'datagram', new Uint8Array(300).fill(255)],
  // 48 bytes whose first could be version 4, client: the reference time gives it away.
  [
    'a DNS query of another class with the size and first byte of NTP',
    'datagram',
    hex('2300010000010000000000000b6c6f6e672d6e616d652d3107706c616e742d3206000000000000000000000001000900'),
  ],
  ['text', 'datagram', toUtf8('this is forty-eight bytes of text, not of a time')],
  ['LLDP', 'frame', hex('0207040200000000010404706f7274')],
];

for (const [what, kind, bytes] of strangers) {
  test(`${what} (${kind}) is no protocol of the list`, () => {
    for (const protocol of protocols.filter(({ carriers }) => carriers.some((carrier) => carrier.kind === kind))) {
      for (const fromClient of [true, false]) {
        assert.equal(protocol.recognise(bytes, 0, bytes.length, fromClient, kind), 'no', `${protocol.name} takes it`);
      }
    }
  });
}
