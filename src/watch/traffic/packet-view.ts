// SPDX-License-Identifier: Apache-2.0
import { toHex } from '../../base/bytes.ts';
import type { Message } from '../../model/message.ts';
import { PacketBuffer } from '../../model/packet.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import { ipv4Text, ipv6Text, macText } from './flows/address-text.ts';
import { formatMessage } from './format-message.ts';
import { Frame, frameFaults, read16, read32 } from './headers/frame.ts';
import { decodeFrame } from './headers/link-header.ts';
import { decodeTransport, Segment, transport, transportNames } from './headers/transport-header.ts';
import { createTraffic } from './traffic.ts';

/** A field of a layer: `offset` and `length` point into the packet's bytes. */
export interface PacketField {
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  readonly length: number;
}
export interface PacketLayer {
  readonly name: string;
  readonly fields: readonly PacketField[];
}
export interface PacketLayers {
  /** One line: who sends what to whom. */
  readonly summary: string;
  readonly layers: readonly PacketLayer[];
}

/**
 * One packet decoded by itself, for a tree beside its bytes. Attacker-controlled: shows what is safely there. Messages are those that
 * the packet holds whole; one that began in an earlier packet is not shown.
 */
export function viewPacket(
  packet: Uint8Array,
  options: { readonly protocols: readonly Protocol[]; readonly linkType: number; readonly wireBytes: number; readonly atMs: number },
): PacketLayers {
  const frame = new Frame();
  decodeFrame(frame, packet, 0, packet.length, options.wireBytes, options.linkType);
  const segment = new Segment();
  const layers = [viewLink(frame, packet)];
  if (frame.family !== 0) {
    const headerStart = frame.source - (frame.family === 4 ? 12 : 8);
    if (frame.depth > 0) layers.push({ name: 'Tunnel', fields: [field('headers', 'outer headers', frame.linkStart, headerStart - frame.linkStart)] });
    layers.push(viewIp(frame, packet, headerStart));
    if (!frame.isFragment) {
      decodeTransport(segment, packet, frame.ipProtocol, frame.carriedStart, frame.carriedEnd, frame.carriedWireEnd);
      const header = viewTransport(segment, packet, frame.carriedStart);
      if (header !== undefined) layers.push(header);
    }
  }
  const payloadStart = frame.family === 0 || frame.isFragment ? frame.linkStart : segment.payloadStart;
  const payloadEnd = frame.family === 0 || frame.isFragment ? frame.linkEnd : segment.payloadEnd;
  const messages = readMessages(packet, options);
  for (const message of messages) layers.push(viewMessage(message, payloadStart, payloadEnd - payloadStart));
  if (messages.length === 0 && payloadEnd > payloadStart && frame.family !== 0) {
    layers.push({ name: 'Payload', fields: [field('bytes', `${payloadEnd - payloadStart} bytes`, payloadStart, payloadEnd - payloadStart)] });
  }
  if (frame.fault !== 0) layers.push({ name: 'Malformed', fields: [field('reason', frameFaults[frame.fault] ?? 'unknown', 0, 0)] });
  return { summary: summarise(frame, segment, packet, messages), layers };
}

function field(name: string, value: string | number, offset: number, length: number): PacketField {
  return { name, value: String(value), offset, length };
}

function viewLink(frame: Frame, packet: Uint8Array): PacketLayer {
  const fields: PacketField[] = [];
  if (frame.macDestination >= 0) fields.push(field('destination', macAt(packet, frame.macDestination), frame.macDestination, 6));
  if (frame.macSource >= 0) fields.push(field('source', macAt(packet, frame.macSource), frame.macSource, 6));
  if (frame.vlan !== 0 && frame.macSource >= 0) fields.push(field('vlan', frame.vlan, frame.macSource + 8, 2));
  if (frame.etherType >= 256 && frame.linkStart >= 2) fields.push(field('type', `0x${frame.etherType.toString(16).padStart(4, '0')}`, frame.linkStart - 2, 2));
  return { name: frame.macDestination >= 0 ? 'Ethernet' : 'Link', fields };
}

function viewIp(frame: Frame, packet: Uint8Array, start: number): PacketLayer {
  const size = frame.family === 4 ? 4 : 16;
  const at = frame.family === 4 ? { length: start + 2, lives: start + 8, protocol: start + 9 } : { length: start + 4, lives: start + 7, protocol: start + 6 };
  const fields = [
    field('source', addressAt(frame.family, packet, frame.source), frame.source, size),
    field('destination', addressAt(frame.family, packet, frame.destination), frame.destination, size),
    field('length', read16(packet, at.length), at.length, 2),
    field(frame.family === 4 ? 'time to live' : 'hop limit', packet[at.lives] ?? 0, at.lives, 1),
    field('protocol', frame.ipProtocol, at.protocol, 1),
  ];
  if (frame.isFragment) {
    fields.push(
      field(
        'fragment',
        `${frame.fragmentId >>> 0} at ${frame.fragmentOffset}${frame.hasMoreFragments ? ', more follow' : ''}`,
        start,
        frame.carriedStart - start,
      ),
    );
  }
  return { name: frame.family === 4 ? 'IPv4' : 'IPv6', fields };
}

const flagNames: readonly (readonly [number, string])[] = [
  [2, 'SYN'],
  [16, 'ACK'],
  [8, 'PSH'],
  [1, 'FIN'],
  [4, 'RST'],
  [32, 'URG'],
];

function viewTransport(segment: Segment, packet: Uint8Array, start: number): PacketLayer | undefined {
  const code = segment.transport;
  if (code === transport.icmp || code === transport.icmp6) {
    return {
      name: code === transport.icmp ? 'ICMP' : 'ICMPv6',
      fields: [field('type', segment.sourcePort, start, 1), field('code', segment.destinationPort, start + 1, 1)],
    };
  }
  if (code !== transport.tcp && code !== transport.udp && code !== transport.sctp) return undefined;
  const fields = [field('source port', segment.sourcePort, start, 2), field('destination port', segment.destinationPort, start + 2, 2)];
  if (code === transport.udp) fields.push(field('length', read16(packet, start + 4), start + 4, 2));
  if (code === transport.tcp) {
    const flags = flagNames.filter(([bit]) => (segment.flags & bit) !== 0).map(([, name]) => name);
    fields.push(field('sequence', segment.sequence >>> 0, start + 4, 4), field('acknowledgement', segment.acknowledged >>> 0, start + 8, 4));
    fields.push(field('flags', flags.join(' '), start + 13, 1), field('window', read16(packet, start + 14), start + 14, 2));
  }
  return { name: code === transport.tcp ? 'TCP' : code === transport.udp ? 'UDP' : 'SCTP', fields };
}

/** Decoders have no offsets to give: each field points at the whole payload. */
function viewMessage(message: Message, offset: number, length: number): PacketLayer {
  const fields = [field('kind', message.kind, offset, length), field('function', message.function, offset, length)];
  if (message.unit !== null) fields.push(field('unit', message.unit, offset, length));
  if (message.object !== null) fields.push(field('object', message.object, offset, length));
  if (message.values.length > 0) fields.push(field('values', message.values.join(' '), offset, length));
  fields.push(field('status', message.status, offset, length));
  return { name: message.protocol, fields };
}

function readMessages(packet: Uint8Array, options: Parameters<typeof viewPacket>[1]): readonly Message[] {
  const buffer = new PacketBuffer(1, packet.length);
  buffer.push(packet, options.atMs, options.wireBytes, options.linkType);
  const traffic = createTraffic({ protocols: options.protocols, flowsMax: 4 });
  traffic.observe(buffer);
  return traffic.messages.rows.slice(0, traffic.messages.count).map((row) => formatMessage(row, traffic.messages, traffic.flows));
}

function summarise(frame: Frame, segment: Segment, packet: Uint8Array, messages: readonly Message[]): string {
  if (frame.macSource < 0 && frame.family === 0) return toHex(packet, 0, Math.min(16, packet.length));
  const first = messages[0];
  const what = first === undefined ? '' : ` ${first.protocol} ${first.kind} ${first.function}${first.object === null ? '' : ` ${first.object}`}`;
  if (frame.family === 0) {
    const destination = frame.macDestination < 0 ? '' : ` > ${macAt(packet, frame.macDestination)}`;
    return `${macAt(packet, frame.macSource)}${destination}${what === '' ? ` 0x${Math.max(0, frame.etherType).toString(16)}` : what}`;
  }
  const hasPorts = segment.sourcePort + segment.destinationPort > 0 && (segment.transport <= transport.udp || segment.transport === transport.sctp);
  const source = `${addressAt(frame.family, packet, frame.source)}${hasPorts ? `:${segment.sourcePort}` : ''}`;
  const destination = `${addressAt(frame.family, packet, frame.destination)}${hasPorts ? `:${segment.destinationPort}` : ''}`;
  return `${source} > ${destination}${what === '' ? ` ${transportNames[segment.transport] ?? 'ip'}` : what}`;
}

function macAt(packet: Uint8Array, offset: number): string {
  return macText(read32(packet, offset), read16(packet, offset + 4));
}

function addressAt(family: number, packet: Uint8Array, offset: number): string {
  if (family === 4) return ipv4Text(read32(packet, offset));
  return ipv6Text(read32(packet, offset), read32(packet, offset + 4), read32(packet, offset + 8), read32(packet, offset + 12));
}
