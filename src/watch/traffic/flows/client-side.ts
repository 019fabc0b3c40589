// SPDX-License-Identifier: Apache-2.0

import { type Segment, tcpFlag, transport } from '../headers/transport-header.ts';
import { isGroupAddress } from './address-text.ts';
import type { FlowKey } from './flow-key.ts';

/** Who the client is: the sender of the first packet or its receiver, and whether content may still say otherwise. */
export const clientGuess = { sender: 0, receiver: 1, senderFirm: 2, receiverFirm: 3 } as const;

/** Ports from here on are given to clients by Linux (32768) and by IANA (49152). */
const ephemeralPort = 32_768;

/**
 * Judges by the first packet of a flow. A handshake and a group destination decide; else a port that some protocol's servers have;
 * else a well-known (below 1024) or non-ephemeral port against a higher one; else, in TCP, the lower port; else who speaks first.
 * `serverPorts` has bit 1 for stream, 2 for datagram ports.
 */
export function guessClient(key: FlowKey, segment: Segment, serverPorts: Uint8Array): number {
  const destination = key.side === 0 ? key.b0 : key.a0;
  if (isGroupAddress((key.kind >> 4) & 15, destination)) return clientGuess.senderFirm;
  const code = segment.transport;
  if (code !== transport.tcp && code !== transport.udp) {
    // A reply that opens the flow answers a request that we did not see: echo, timestamp, address mask.
    const type = segment.sourcePort;
    const isReply = (code === transport.icmp && (type === 0 || type === 14 || type === 18)) || (code === transport.icmp6 && type === 129);
    return isReply ? clientGuess.receiverFirm : clientGuess.sender;
  }
  if (code === transport.tcp) {
    const handshake = segment.flags & (tcpFlag.syn | tcpFlag.ack);
    if (handshake === tcpFlag.syn) return clientGuess.senderFirm;
    if (handshake === (tcpFlag.syn | tcpFlag.ack)) return clientGuess.receiverFirm;
  }
  const { sourcePort, destinationPort } = segment;
  const bit = code === transport.tcp ? 1 : 2;
  const sourceServes = ((serverPorts[sourcePort] as number) & bit) !== 0; // ports are below 65,536
  const destinationServes = ((serverPorts[destinationPort] as number) & bit) !== 0;
  if (sourceServes !== destinationServes) return sourceServes ? clientGuess.receiver : clientGuess.sender;
  if (sourcePort === destinationPort) return clientGuess.sender;
  for (const border of [1024, ephemeralPort]) {
    if (sourcePort < border !== destinationPort < border) return sourcePort < border ? clientGuess.receiver : clientGuess.sender;
  }
  return code === transport.tcp && sourcePort < destinationPort ? clientGuess.receiver : clientGuess.sender;
}
