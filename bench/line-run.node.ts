// SPDX-License-Identifier: Apache-2.0
import { modbus } from '../src/protocols/modbus/modbus.ts';
import { openCapture } from '../src/watch/capture/capture-file.node.ts';
import { createTraffic } from '../src/watch/traffic/traffic.ts';

/**
 * The line over a capture, in a process of its own so that its CPU time and memory are its own. Each pass is a new flow table; the
 * first one pays for the compiler too. `node bench/line-run.node.ts <capture> [passes]`
 */
const [, , path, passes = '1'] = process.argv;
if (path === undefined) throw new Error('Cannot run: name a capture');
const cpuSeconds: number[] = [];
const seconds: number[] = [];
let result = {};
for (let pass = 0; pass < Number(passes); pass += 1) {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const traffic = createTraffic({ protocols: [modbus] });
  const source = await openCapture(path);
  let messages = 0;
  for await (const batch of source.batches()) {
    traffic.observe(batch);
    messages += traffic.messages.count;
  }
  traffic.finish();
  messages += traffic.messages.count;
  const cpu = process.cpuUsage(before);
  cpuSeconds.push((cpu.user + cpu.system) / 1e6);
  seconds.push((performance.now() - startedMs) / 1000);
  const { packets, flows, gaps } = traffic.counters();
  result = { packets, messages, flows, gaps };
}
console.log(JSON.stringify({ ...result, cpuSeconds, seconds, maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
