// SPDX-License-Identifier: Apache-2.0
import { readUint16 } from '../../base/bytes.ts';
import { ShinraiError } from '../../base/errors.ts';
import type { TrafficRule } from '../../model/response.ts';
import { parseAddress, parseMac } from './addresses.ts';
import type { FrameView } from './frame-view.ts';

/** Number on the wire of a function by its name, from the protocol's operation list; undefined when the list has no such name. */
export type FunctionCodeOf = (protocol: string, functionName: string) => number | undefined;

/** True when the frame is to be taken out. */
export type RuleMatch = (frame: FrameView) => boolean;

const modbusPort = 502;

/**
 * Makes a rule into a test of frames. Addresses and ports match in both directions; ARP is taken out by `mac` alone. A restriction
 * of functions looks into requests to the server and also takes out requests that it cannot read whole in one segment:
 * otherwise a write cut into two segments would pass.
 * Throws ShinraiError('plant') for a rule that this switch cannot enforce as it is meant: it never enforces half of one.
 */
export function compileRule(rule: TrafficRule, functionCodeOf: FunctionCodeOf | undefined): RuleMatch {
  const client = peerOf(rule.clientAddress);
  const server = peerOf(rule.serverAddress);
  const mac = macOf(rule.mac);
  const port = portOf(rule);
  const codes = codesOf(rule, functionCodeOf);
  if (client === null && server === null && mac === null && port === null && codes === null && rule.transport === null) {
    throw new ShinraiError('plant', 'Cannot apply a rule: no part is given, it would take out everything');
  }
  return (frame) => {
    if (mac !== null && frame.sourceMac !== mac && frame.destinationMac !== mac) return false;
    if (!hasTransport(frame, rule.transport)) return false;
    if (isToServer(frame, client, server, port)) return codes === null || asksFor(frame, codes);
    return codes === null && isFromServer(frame, client, server, port);
  };
}

/** One end of a conversation as rules name it: an IPv4 address, or a hardware address where there is no IP. */
type Peer = { readonly address: number } | { readonly mac: number };

function isToServer(frame: FrameView, client: Peer | null, server: Peer | null, port: number | null): boolean {
  return isSender(frame, client) && isReceiver(frame, server) && isPort((frame.tcp ?? frame.udp)?.destinationPort, port);
}

function isFromServer(frame: FrameView, client: Peer | null, server: Peer | null, port: number | null): boolean {
  return isReceiver(frame, client) && isSender(frame, server) && isPort((frame.tcp ?? frame.udp)?.sourcePort, port);
}

function isSender(frame: FrameView, peer: Peer | null): boolean {
  if (peer === null) return true;
  return 'mac' in peer ? frame.sourceMac === peer.mac : frame.ipv4?.source === peer.address;
}

function isReceiver(frame: FrameView, peer: Peer | null): boolean {
  if (peer === null) return true;
  return 'mac' in peer ? frame.destinationMac === peer.mac : frame.ipv4?.destination === peer.address;
}

function isPort(found: number | undefined, wanted: number | null): boolean {
  return wanted === null || found === wanted;
}

function hasTransport(frame: FrameView, transport: TrafficRule['transport']): boolean {
  if (transport === 'tcp') return frame.tcp !== undefined;
  if (transport === 'udp') return frame.udp !== undefined;
  return true;
}

/** Walks the Modbus/TCP requests of a segment. Attacker-controlled: what is not whole requests counts as asking for a forbidden function. */
function asksFor(frame: FrameView, codes: ReadonlySet<number>): boolean {
  const bytes = frame.tcp?.payload;
  if (bytes === undefined) return false;
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length || readUint16(bytes, at + 2) !== 0) return true;
    const end = at + 6 + readUint16(bytes, at + 4);
    if (end < at + 8 || end > bytes.length || codes.has(bytes[at + 7] ?? 0)) return true;
    at = end;
  }
  return false;
}

function peerOf(text: string | null): Peer | null {
  if (text === null) return null;
  const address = parseAddress(text);
  if (address !== undefined) return { address };
  const mac = parseMac(text);
  if (mac !== undefined) return { mac };
  throw new ShinraiError('plant', `Cannot apply a rule: address is "${text}", an IPv4 or a hardware address is required`);
}

function macOf(text: string | null): number | null {
  if (text === null) return null;
  const mac = parseMac(text);
  if (mac === undefined) throw new ShinraiError('plant', `Cannot apply a rule: hardware address is "${text}", six bytes in hexadecimal are required`);
  return mac;
}

function portOf(rule: TrafficRule): number | null {
  if (rule.serverPort !== null) return rule.serverPort;
  if (rule.protocol === null) return null;
  if (rule.protocol === 'modbus') return modbusPort;
  throw new ShinraiError('plant', `Cannot apply a rule: protocol "${rule.protocol}" is given without a port, this switch knows only the port of modbus`);
}

function codesOf(rule: TrafficRule, functionCodeOf: FunctionCodeOf | undefined): ReadonlySet<number> | null {
  if (rule.functions === null) return null;
  if (rule.protocol !== 'modbus') throw new ShinraiError('plant', `Cannot restrict functions: protocol is "${rule.protocol}", only modbus can be inspected`);
  if (rule.transport === 'udp') throw new ShinraiError('plant', 'Cannot restrict functions: transport is udp, only tcp can be inspected');
  if (rule.functions.length === 0) throw new ShinraiError('plant', 'Cannot restrict functions: the list is empty, at least one name is required');
  const codes = rule.functions.map((name) => {
    const code = functionCodeOf?.('modbus', name);
    if (code === undefined) throw new ShinraiError('plant', `Cannot restrict functions: "${name}" has no known number in modbus`);
    return code;
  });
  return new Set(codes);
}
