// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needsShared, sharedPath } from '../../../../test/shared.ts';
import { openCapture } from '../../capture/capture-file.node.ts';
import { batchOf, datagram, segment } from '../fixtures/packets.ts';
import { createTraffic } from '../traffic.ts';
import { communityId } from './community-id.ts';

const folder = 'ot-traffic/community-id-spec';
const captures = ['arp.pcap', 'icmp.pcap', 'icmp6.pcap', 'ipv6.pcap', 'rsvp.pcap', 'sctp.pcap', 'tcp.pcap', 'udp.pcap', 'combined.pcap.gz'];

for (const [name, seed] of [
  ['baseline_deflt', 0],
  ['baseline_seed1', 1],
] as const) {
  test(`the specification's captures give the ids of its ${name}`, { skip: needsShared(folder) }, async () => {
    const baseline: readonly { readonly communityid: string }[] = JSON.parse(readFileSync(sharedPath(`${folder}/baseline/${name}.json`) as string, 'utf8')); // not skipped: it is there
    const ours = new Set<string>();
    for (const capture of captures) {
      const traffic = createTraffic({ protocols: [] });
      const source = await openCapture(sharedPath(`${folder}/pcaps/${capture}`) as string);
      for await (const batch of source.batches()) traffic.observe(batch);
      for (let flow = 0; flow < traffic.flows.count; flow += 1) {
        if (traffic.flows.transport(flow) !== 'ethernet') ours.add(communityId(traffic.flows.columns, flow, seed));
      }
    }
    const theirs = new Set(baseline.map((entry) => entry.communityid).filter((id) => id !== null));
    assert.deepEqual(
      [...theirs].filter((id) => !ours.has(id)),
      [],
      'ids of the baseline that we do not give',
    );
    assert.deepEqual(
      [...ours].filter((id) => !theirs.has(id)),
      [],
      'ids of ours that the baseline does not have',
    );
  });
}

test('both directions have one id, other ports another', () => {
  const traffic = createTraffic({ protocols: [] });
  traffic.observe(batchOf([segment('a'), segment('b', { reverse: true }), segment('a', { clientPort: 40_001 }), datagram('a')]));
  const ids = Array.from({ length: traffic.flows.count }, (_, flow) => traffic.flows.read(flow).communityId);
  assert.equal(traffic.flows.count, 3);
  assert.equal(new Set(ids).size, 3);
  for (const id of ids) assert.match(id, /^1:[A-Za-z0-9+/]{27}=$/);
});
