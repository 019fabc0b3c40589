// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint16, toUtf8, writeUint16, writeUint32 } from '../../base/bytes.ts';
import { addressOf, macOf, networkMask, reportsName } from '../network.ts';
import { parseAddress } from '../wire/addresses.ts';
import type { Host } from '../wire/host.ts';
import { serveDhcp } from './dhcp.ts';
import { serveHttp } from './http.ts';

const ntpPort = 123;
const dnsPort = 53;
export const reportsPort = 8080;
export const nameTtlS = 60;
const ntpPeriodMs = 64_000;
const leasesMax = 100;

/** The server of the plant network: time, names, addresses, and the reports that the historian pushes. */
export function serveNetwork(host: Host, wallMs: () => number): void {
  serveTime(host, wallMs);
  serveNames(host);
  serveHttp(host, reportsPort, 'reports', () => ({ status: '204 No Content', type: '', body: new Uint8Array(0) }));
  const leases = new Map<number, number>([[macOf('camera'), addressOf('camera')]]);
  const addressFor = (mac: number): number | undefined => {
    if (!leases.has(mac) && leases.size < leasesMax) leases.set(mac, addressOf('services') - 2 + 100 + leases.size);
    return leases.get(mac);
  };
  serveDhcp(host, { mask: parseAddress(networkMask) ?? 0, addressFor });
}

/** Source: RFC 5905, section 7.3. */
function serveTime(host: Host, wallMs: () => number): void {
  host.bind(ntpPort, ({ source, sourcePort, payload }) => {
    if (payload.length < 48 || ((payload[0] ?? 0) & 7) !== 3) return;
    const receivedMs = wallMs();
    host.schedule.after(0.05 + host.random.next() * 0.1, () => {
      const answer = ntpMessage(4, 2, wallMs(), 20);
      writeTime(answer, 16, wallMs() - 11_000); // Last set eleven seconds ago by its own reference.
      answer.set(payload.subarray(40, 48), 24);
      writeTime(answer, 32, receivedMs);
      host.sendUdp(source, ntpPort, sourcePort, answer);
    });
  });
}

/** Asks for the time every 64 s, first after `firstMs`. */
export function keepTime(host: Host, wallMs: () => number, firstMs: number): void {
  const ask = (): void => {
    if (host.address !== 0) host.sendUdp(addressOf('services'), ntpPort, ntpPort, ntpMessage(3, 0, wallMs(), 0));
    host.schedule.after(ntpPeriodMs + host.random.next() * 400 - 200, ask);
  };
  host.bind(ntpPort, () => {});
  host.schedule.after(firstMs, ask);
}

function ntpMessage(mode: number, stratum: number, transmitMs: number, rootDispersion: number): Uint8Array {
  const bytes = new Uint8Array(48);
  bytes[0] = (4 << 3) | mode;
  bytes[1] = stratum;
  bytes[2] = 6;
  bytes[3] = 0xec; // 2^-20 s
  if (mode === 4) {
    writeUint16(bytes, 6, 33);
    writeUint16(bytes, 10, rootDispersion);
    writeUint32(bytes, 12, 0x0a140001);
  }
  writeTime(bytes, 40, transmitMs);
  return bytes;
}

function writeTime(bytes: Uint8Array, offset: number, wallMs: number): void {
  const seconds = Math.floor(wallMs / 1000);
  writeUint32(bytes, offset, seconds + 2_208_988_800);
  writeUint32(bytes, offset + 4, Math.floor(((wallMs - seconds * 1000) / 1000) * 0x1_0000_0000));
}

/** Knows one name; everything else does not exist. Source: RFC 1035, section 4. */
function serveNames(host: Host): void {
  const known = encodeName(reportsName);
  host.bind(dnsPort, ({ source, sourcePort, payload }) => {
    if (payload.length < 12 + 5 || (payload[2] ?? 0) >= 0x80 || readUint16(payload, 4) !== 1) return;
    const question = payload.slice(12);
    const isKnown = question.length === known.length + 4 && known.every((byte, index) => byte === question[index]) && readUint16(question, known.length) === 1;
    const head = new Uint8Array(12);
    writeUint16(head, 0, readUint16(payload, 0));
    writeUint16(head, 2, isKnown ? 0x8580 : 0x8583);
    writeUint16(head, 4, 1);
    writeUint16(head, 6, isKnown ? 1 : 0);
    const record = new Uint8Array(16);
    writeUint16(record, 0, 0xc00c);
    writeUint16(record, 2, 1);
    writeUint16(record, 4, 1);
    writeUint32(record, 6, nameTtlS);
    writeUint16(record, 10, 4);
    writeUint32(record, 12, addressOf('services'));
    const answer = concatBytes(isKnown ? [head, question, record] : [head, question]);
    host.schedule.after(0.2 + host.random.next(), () => host.sendUdp(source, dnsPort, sourcePort, answer));
  });
}

/** Asks the name server once; `done` hears the address, or undefined after two seconds or for a name that does not exist. */
export function lookUp(host: Host, name: string, done: (address: number | undefined) => void): void {
  const port = host.takeUdpPort();
  const id = host.random.below(0x10000);
  const head = Uint8Array.of(id >>> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  const question = concatBytes([encodeName(name), Uint8Array.of(0, 1, 0, 1)]);
  const end = (address: number | undefined): void => {
    host.unbind(port);
    host.schedule.cancel(timer);
    done(address);
  };
  const timer = host.schedule.after(2_000, () => end(undefined));
  host.bind(port, ({ payload }) => {
    if (payload.length < 12 || readUint16(payload, 0) !== id) return;
    const at = payload.length - 4;
    end(readUint16(payload, 6) === 1 ? readUint16(payload, at) * 0x10000 + readUint16(payload, at + 2) : undefined);
  });
  host.sendUdp(addressOf('services'), port, dnsPort, concatBytes([head, question]));
}

function encodeName(name: string): Uint8Array {
  const labels = name.split('.').flatMap((label) => [Uint8Array.of(label.length), toUtf8(label)]);
  return concatBytes([...labels, Uint8Array.of(0)]);
}
