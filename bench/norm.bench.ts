// SPDX-License-Identifier: Apache-2.0
import { cpus } from 'node:os';
import { createDetectors } from '../src/detectors/index.ts';
import { PacketBuffer } from '../src/model/packet.ts';
import { findOperation, protocols } from '../src/protocols/index.ts';
import { openCapture } from '../src/watch/capture/capture-file.node.ts';
import { learnToTheEnd } from '../src/watch/norm/learner.ts';
import { createWatcher } from '../src/watch/norm/watcher.ts';
import { createTraffic } from '../src/watch/traffic/traffic.ts';
import { sharedPath } from '../test/shared.ts';

/**
 * Packets a second of the three layers, beside the traffic stage that feeds them, in one process and one run.
 * The shared Modbus capture is repeated for many sites (second byte of both addresses moved, as in line.bench.ts): first every site is
 * learnt, then each is judged again with a later clock. `node bench/norm.bench.ts [sites]`
 */
const path = sharedPath('attack-detection/Modbus_CSET2016/send_a_fake_command_modbus_6RTU_with_operate.pcap.gz');
if (path === undefined) {
  console.error('Skipped: needs ../shared/data');
  process.exit(0);
}
const sites = Number(process.argv[2] ?? 40);
const packets: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];
for await (const batch of (await openCapture(path)).batches()) {
  for (let index = 0; index < batch.count; index += 1) {
    const start = batch.start[index] as number; // rows below count are filled
    packets.push({ bytes: batch.bytes.slice(start, start + (batch.captured[index] as number)), atMs: batch.atMs[index] as number });
  }
}
const traffic = createTraffic({ protocols, keepPackets: true });
const watcher = createWatcher({ detectors: createDetectors({ operationOf: findOperation }), flows: traffic.flows, source: 'bench', learning: learnToTheEnd });
console.log(`${packets.length * sites} packets a phase, ${sites} sites, ${cpus()[0]?.model ?? 'unknown processor'}, node ${process.version}`);
report('learn', run(0));
watcher.endLearning();
report('judge', run(3_600_000));
console.log(
  JSON.stringify({
    entries: watcher.state().entries,
    normMegabytes: Math.round(watcher.save().length / 1e5) / 10,
    maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);

interface Times {
  trafficMs: number;
  normMs: number;
  findings: number;
}

function run(laterMs: number): Times {
  const times: Times = { trafficMs: 0, normMs: 0, findings: 0 };
  const buffer = new PacketBuffer(16_384, 1 << 22);
  for (let site = 0; site < sites; site += 1) {
    for (const { bytes, atMs } of packets) {
      const packet = moveTo(bytes, site, laterMs > 0);
      if (!buffer.push(packet, atMs + laterMs)) {
        observe(buffer, times);
        buffer.push(packet, atMs + laterMs);
      }
    }
  }
  observe(buffer, times);
  return times;
}

function observe(buffer: PacketBuffer, times: Times): void {
  const before = performance.now();
  traffic.observe(buffer);
  const between = performance.now();
  const atMs = buffer.atMs[buffer.count - 1] ?? 0;
  const { opened } = watcher.detect(watcher.measure(traffic.messages, traffic.sightings, { packets: buffer.count, atMs }));
  times.normMs += performance.now() - between;
  times.trafficMs += between - before;
  times.findings += opened.length;
  buffer.reset();
}

/** The same conversation at another site; the second time from other client ports, so that it is a new conversation and no repetition. */
function moveTo(bytes: Uint8Array, site: number, isAgain: boolean): Uint8Array {
  const packet = bytes.slice();
  if (packet[12] !== 8 || packet[13] !== 0 || packet.length < 38) return packet;
  packet[27] = ((packet[27] as number) + site) & 255;
  packet[31] = ((packet[31] as number) + site) & 255;
  const clientPort = (packet[34] as number) === 1 && packet[35] === 0xf6 ? 36 : 34; // 502 is the server's
  if (isAgain && packet[23] === 6) packet[clientPort] = (packet[clientPort] as number) ^ 0x40;
  return packet;
}

function report(phase: string, times: Times): void {
  const count = packets.length * sites;
  const perSecond = (ms: number): number => Math.round((count / ms) * 1000);
  console.log(
    JSON.stringify({
      phase,
      trafficPerSecond: perSecond(times.trafficMs),
      normPerSecond: perSecond(times.normMs),
      bothPerSecond: perSecond(times.trafficMs + times.normMs),
      findings: times.findings,
    }),
  );
}
