// SPDX-License-Identifier: Apache-2.0
/** How the capture programs are called and what they say. Pure: `live-capture.node.ts` starts them. */
import { packetBytesMax } from '../../model/pcap-record.ts';

export interface LiveFlags {
  /** `prompt`: each packet at once. `blocks`: up to a second late, at a sixth of the work for a packet (measured, README.md). */
  readonly delivery: 'prompt' | 'blocks';
  /** Memory in which the kernel keeps packets that the program has not fetched yet. */
  readonly kernelBufferMebibytes: number;
}

export interface CaptureTool {
  readonly name: 'tcpdump' | 'dumpcap';
  /** Arguments that make it write a capture of the interface to standard output. */
  argumentsFor(interfaceName: string, flags: LiveFlags): readonly string[];
  /** What it has said when it captures. */
  readonly readyPattern: RegExp;
  /** Whether it prints its counters when it gets a signal. */
  readonly tellsCounters: boolean;
}

/**
 * In order of preference. tcpdump: -n asks no name server, -U hands on each packet, --immediate-mode does not wait until a block
 * of packets is full. dumpcap (which Wireshark installs) delivers blocks, at most about 100 ms late, and knows its losses only at the end.
 */
export const captureTools: readonly CaptureTool[] = [
  {
    name: 'tcpdump',
    argumentsFor: (interfaceName, { delivery, kernelBufferMebibytes }) => [
      ...['-n', '-U', '-i', interfaceName, '-w', '-'],
      ...['-s', String(packetBytesMax), '-B', String(kernelBufferMebibytes * 1024)],
      ...(delivery === 'prompt' ? ['--immediate-mode'] : []),
    ],
    readyPattern: /listening on /,
    tellsCounters: true,
  },
  {
    name: 'dumpcap',
    argumentsFor: (interfaceName, { kernelBufferMebibytes }) => [
      ...['-q', '-P', '-i', interfaceName, '-w', '-'],
      ...['-s', String(packetBytesMax), '-B', String(kernelBufferMebibytes)],
    ],
    readyPattern: /^File: /m,
    tellsCounters: false,
  },
];

/**
 * Whether this may be handed to a capture program as the name of an interface. It must begin with a letter or digit and hold
 * nothing but letters, digits, `.`, `_`, `:` and `-`: so it is no option, no path, no pipe and no address to connect to.
 */
export function isInterfaceName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(name);
}

/** What the last counters in the words of a capture program say was dropped; undefined when it has not said anything yet. */
export function readDropped(words: string): number | undefined {
  // Both programs print their totals anew each time, so the last ones count.
  const byKernel = lastNumber(words, /(\d+) packets? dropped by kernel/g);
  if (byKernel !== undefined) return byKernel + (lastNumber(words, /(\d+) packets? dropped by interface/g) ?? 0);
  return lastNumber(words, /Packets received\/dropped on interface [^\n]*: \d+\/(\d+) /g);
}

function lastNumber(words: string, pattern: RegExp): number | undefined {
  let last: number | undefined;
  for (const match of words.matchAll(pattern)) last = Number(match[1]);
  return last;
}

export type RefusalKind = 'capture-interface' | 'capture-rights' | 'capture-tool';

/** Why a capture program gave up, from its words. */
export function readRefusal(words: string): { readonly kind: RefusalKind; readonly reason: string } {
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const reason =
    lines.find((line) => !/^Capturing on |^File: |cap_set_proc|listening on |^tcpdump: verbose output|packets? (captured|received|dropped)/i.test(line)) ??
    'it ended without a reason';
  if (/No such device|no device named|doesn't exist|not found|is not up|disappeared|no longer attached/i.test(words))
    return { kind: 'capture-interface', reason };
  if (/permission|not permitted|don't have permission|privilege/i.test(words)) return { kind: 'capture-rights', reason };
  return { kind: 'capture-tool', reason };
}
