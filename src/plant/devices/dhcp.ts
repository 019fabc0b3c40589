// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint32, toUtf8, writeUint32 } from '../../base/bytes.ts';
import { broadcastAddress, broadcastMac } from '../wire/addresses.ts';
import { readMac, writeMac } from '../wire/frames.ts';
import type { Datagram, Host } from '../wire/host.ts';

const serverPort = 67;
const clientPort = 68;
const kinds = { discover: 1, offer: 2, request: 3, acknowledge: 5, refuse: 6 } as const;
const options = { mask: 1, nameServer: 6, hostName: 12, timeServer: 42, requested: 50, leaseS: 51, kind: 53, server: 54, wanted: 55 } as const;
const magic = 0x63825363;
const fixedBytes = 240;
const messageBytesMin = 300; // RFC 1542, section 2.1
const leaseS = 120;

interface DhcpMessage {
  readonly isRequest: boolean;
  readonly transaction: number;
  readonly clientMac: number;
  readonly clientAddress: number;
  readonly yourAddress: number;
  readonly serverAddress: number;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** Source: RFC 2131, section 2; RFC 2132. */
function buildDhcp(message: DhcpMessage): Uint8Array {
  const head = new Uint8Array(fixedBytes);
  head[0] = message.isRequest ? 1 : 2;
  head[1] = 1;
  head[2] = 6;
  writeUint32(head, 4, message.transaction);
  writeUint32(head, 12, message.clientAddress);
  writeUint32(head, 16, message.yourAddress);
  writeUint32(head, 20, message.serverAddress);
  writeMac(head, 28, message.clientMac);
  writeUint32(head, 236, magic);
  const tail = [...message.options].flatMap(([code, value]) => [Uint8Array.of(code, value.length), value]);
  const whole = concatBytes([head, ...tail, Uint8Array.of(255)]);
  return whole.length >= messageBytesMin ? whole : concatBytes([whole, new Uint8Array(messageBytesMin - whole.length)]);
}

/** undefined when the bytes are no DHCP message. */
function readDhcp(bytes: Uint8Array): DhcpMessage | undefined {
  if (bytes.length < fixedBytes || readUint32(bytes, 236) !== magic) return undefined;
  const found = new Map<number, Uint8Array>();
  for (let at = fixedBytes; at + 1 < bytes.length && bytes[at] !== 255; ) {
    const size = bytes[at + 1] ?? 0;
    if (at + 2 + size > bytes.length) return undefined;
    found.set(bytes[at] ?? 0, bytes.slice(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return {
    isRequest: bytes[0] === 1,
    transaction: readUint32(bytes, 4),
    clientMac: readMac(bytes, 28),
    clientAddress: readUint32(bytes, 12),
    yourAddress: readUint32(bytes, 16),
    serverAddress: readUint32(bytes, 20),
    options: found,
  };
}

function kindOf(message: DhcpMessage): number {
  return message.options.get(options.kind)?.[0] ?? 0;
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, value);
  return bytes;
}

export interface DhcpServerOptions {
  readonly mask: number;
  /** Address for a hardware address; undefined = none is left. */
  readonly addressFor: (mac: number) => number | undefined;
}

/** Gives addresses: offer, acknowledgement, renewal. */
export function serveDhcp(host: Host, server: DhcpServerOptions): void {
  host.bind(serverPort, (datagram) => {
    const request = readDhcp(datagram.payload);
    if (request === undefined || !request.isRequest) return;
    const kind = kindOf(request);
    const address = server.addressFor(request.clientMac);
    if (address === undefined || (kind !== kinds.discover && kind !== kinds.request)) return;
    const answer = buildDhcp({
      ...request,
      isRequest: false,
      yourAddress: address,
      serverAddress: host.address,
      options: new Map([
        [options.kind, Uint8Array.of(kind === kinds.discover ? kinds.offer : kinds.acknowledge)],
        [options.server, word(host.address)],
        [options.leaseS, word(leaseS)],
        [options.mask, word(server.mask)],
        [options.nameServer, word(host.address)],
        [options.timeServer, word(host.address)],
      ]),
    });
    host.schedule.after(0.5 + host.random.next() * 2, () => host.sendUdpTo(request.clientMac, address, serverPort, clientPort, answer));
  });
}

/**
 * Gets an address, checks with ARP that nobody has it, announces it and keeps it by renewing at half time. A host that has an address already
 * got it from `serverAddress` before the story begins and only renews. `leased` is called once, when the address is usable.
 * Returns how to stop: no renewal afterwards.
 * Source: RFC 2131, section 4.4; RFC 5227, section 2.1.
 */
export function leaseAddress(host: Host, hostName: string, serverAddress: number, leased: () => void): () => void {
  let isStopped = false;
  let isUsable = host.address !== 0;
  let transaction = host.random.below(0x1_0000_0000);
  const name: readonly (readonly [number, Uint8Array])[] = [
    [options.hostName, toUtf8(hostName)],
    [options.wanted, Uint8Array.of(options.mask, options.nameServer, options.timeServer)],
  ];
  const ask = (kind: number, more: readonly (readonly [number, Uint8Array])[]): Uint8Array =>
    buildDhcp({
      isRequest: true,
      transaction,
      clientMac: host.mac,
      clientAddress: host.address,
      yourAddress: 0,
      serverAddress: 0,
      options: new Map([[options.kind, Uint8Array.of(kind)], ...more, ...name]),
    });
  const use = (message: DhcpMessage): void => {
    host.schedule.after((leaseS / 2) * 1000, renew);
    if (isUsable) return;
    host.askWhoHas(message.yourAddress, 0);
    host.schedule.after(200, () => {
      if (isStopped) return;
      isUsable = true;
      host.address = message.yourAddress;
      host.announce();
      leased();
    });
  };
  const renew = (): void => {
    if (isStopped) return;
    transaction = host.random.below(0x1_0000_0000);
    host.sendUdp(serverAddress, clientPort, serverPort, ask(kinds.request, []));
  };
  const receive = (datagram: Datagram): void => {
    const message = readDhcp(datagram.payload);
    if (isStopped || message === undefined || message.isRequest || message.transaction !== transaction || message.clientMac !== host.mac) return;
    if (kindOf(message) === kinds.acknowledge) {
      use(message);
      return;
    }
    if (kindOf(message) !== kinds.offer) return;
    const request = ask(kinds.request, [
      [options.requested, word(message.yourAddress)],
      [options.server, message.options.get(options.server) ?? word(datagram.source)],
    ]);
    host.sendUdpTo(broadcastMac, broadcastAddress, clientPort, serverPort, request);
  };
  host.bind(clientPort, receive);
  if (isUsable) {
    leased();
    host.schedule.after(host.random.next() * (leaseS / 2) * 1000, renew);
  } else host.sendUdpTo(broadcastMac, broadcastAddress, clientPort, serverPort, ask(kinds.discover, []));
  return () => {
    isStopped = true;
    host.unbind(clientPort);
  };
}
