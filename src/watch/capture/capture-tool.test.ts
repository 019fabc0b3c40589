// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureTools, readDropped, readRefusal } from './capture-tool.ts';

const listening = 'tcpdump: listening on va, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n';
const droppedCases = [
  { name: 'nothing yet', words: listening, dropped: undefined },
  {
    name: 'running counters of tcpdump, the last ones',
    words: `${listening}tcpdump: 4 packets captured, 9 packets received by filter, 5 packets dropped by kernel\ntcpdump: 9 packets captured, 21 packets received by filter, 12 packets dropped by kernel\n`,
    dropped: 12,
  },
  {
    name: 'final counters of tcpdump with those of the interface',
    words: `${listening}1 packet captured\n7 packets received by filter\n1 packet dropped by kernel\n5 packets dropped by interface\n`,
    dropped: 6,
  },
  {
    name: 'final counters of dumpcap',
    words:
      "Capturing on 'va'\nFile: -\nPackets captured: 90\nPackets received/dropped on interface 'va': 90/10 (pcap:10/dumpcap:0/flushed:0/ps_ifdrop:0) (90.0%)\n",
    dropped: 10,
  },
] as const;
for (const { name, words, dropped } of droppedCases) {
  test(`the dropped packets are read from ${name}`, () => assert.equal(readDropped(words), dropped));
}

const refusals = [
  { words: 'tcpdump: nope: No such device exists\n(No such device exists)\n', kind: 'capture-interface', reason: 'tcpdump: nope: No such device exists' },
  { words: 'tcpdump: vc: That device is not up\n', kind: 'capture-interface', reason: 'tcpdump: vc: That device is not up' },
  {
    words: `${listening}tcpdump: pcap_loop: The interface disappeared\n9 packets captured\n`,
    kind: 'capture-interface',
    reason: 'tcpdump: pcap_loop: The interface disappeared',
  },
  {
    words: "tcpdump: lo: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
    kind: 'capture-rights',
    reason: "tcpdump: lo: You don't have permission to perform this capture on that device",
  },
  {
    words:
      'dumpcap: cap_set_proc() fail return: Operation not permitted\nCapturing on \'Loopback: lo\'\ndumpcap: You do not have permission to capture on device "lo".\n',
    kind: 'capture-rights',
    reason: 'dumpcap: You do not have permission to capture on device "lo".',
  },
  { words: '', kind: 'capture-tool', reason: 'it ended without a reason' },
  { words: 'tcpdump: out of memory\n', kind: 'capture-tool', reason: 'tcpdump: out of memory' },
] as const;
for (const { words, kind, reason } of refusals) {
  test(`"${reason}" is understood as ${kind}`, () => assert.deepEqual(readRefusal(words), { kind, reason }));
}

test('prompt delivery asks tcpdump for immediate mode, delivery in blocks does not', () => {
  const flags = captureTools.map((tool) => [tool.name, tool.argumentsFor('eth0', { delivery: 'prompt', kernelBufferMebibytes: 2 }).join(' ')]);
  assert.deepEqual(flags, [
    ['tcpdump', '-n -U -i eth0 -w - -s 262144 -B 2048 --immediate-mode'],
    ['dumpcap', '-q -P -i eth0 -w - -s 262144 -B 2'],
  ]);
  assert.doesNotMatch(captureTools[0]?.argumentsFor('eth0', { delivery: 'blocks', kernelBufferMebibytes: 2 }).join(' ') ?? '', /immediate/);
});
