// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { concatBytes } from '../../base/bytes.ts';
import { ShinraiError } from '../../base/errors.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { openLive } from './live-capture.node.ts';

const tools = ['tcpdump', 'dumpcap'].filter((name) => spawnSync(name, ['--version']).error === undefined);
const canMakeInterfaces = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'shin0', 'type', 'veth', 'peer', 'name', 'shin1']).status === 0;
const reasonToSkip = tools.length === 0 ? 'needs tcpdump or dumpcap' : !canMakeInterfaces ? 'needs the right to make network namespaces and veth pairs' : false;

test('a live capture delivers exactly what was sent, tells what was dropped, and ends cleanly', { skip: reasonToSkip }, (context) => {
  const program = fileURLToPath(new URL('./fixtures/live.ts', import.meta.url));
  const run = spawnSync('unshare', ['-n', process.execPath, program, ...tools], { encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.status, 0, run.stderr);
  const results = JSON.parse(run.stdout);
  for (const tool of tools) {
    for (const [name, count] of [
      [tool, 2000],
      [`${tool} blocks`, 300],
    ] as const) {
      const { inOrder, running, after } = results[name];
      assert.equal(inOrder, count, name);
      assert.ok(after.packets >= count && after.bytes > count * 60, name);
      assert.equal(after.dropped, 0, name);
      assert.equal(after.cut, undefined, name);
      if (tool === 'tcpdump') assert.equal(running.dropped, 0, `${name}: the count while it runs`);
      if (tool === 'dumpcap') assert.equal(running.dropped, undefined, `${name}: no count while it runs`);
    }
    const [code, message, hint] = results[`${tool} missing`];
    assert.equal(code, 'capture-interface');
    assert.match(message, /^Cannot capture on "nope0": /);
    assert.match(hint, /ip link/);
  }
  assert.equal(results['closed unread'], 'done');
  assert.equal(results['interface deleted'][0], 'capture-interface');
  assert.match(results['interface deleted'][1], /^Cannot capture on "shin1": /);
  context.diagnostic(`captured with ${tools.join(', ')}`);
});

for (const name of ['', '-w', '--help', '/tmp/pipe', 'TCP@10.0.0.1', 'a b', 'eth0;id', 'e'.repeat(65)]) {
  test(`${JSON.stringify(name)} is refused as the name of an interface before any program is started`, async () => {
    await assert.rejects(openLive(name, { searchPath: '/nonexistent' }), (error) => error instanceof ShinraiError && error.code === 'capture-interface');
  });
}

test('a machine without any capture program is told what to install', async () => {
  await assert.rejects(openLive('lo', { searchPath: '/nonexistent' }), (error) => {
    assert.ok(error instanceof ShinraiError);
    assert.equal(error.code, 'capture-tool');
    assert.equal(error.message, 'Cannot capture on "lo": found none of tcpdump, dumpcap');
    assert.match(error.hint ?? '', /Install tcpdump/);
    return true;
  });
});

const folder = mkdtempSync(join(tmpdir(), 'shinrai-live-'));
after(() => rmSync(folder, { recursive: true }));
const capture = join(folder, 'capture.pcap');
writeFileSync(capture, concatBytes([pcapHeader(1), pcapRecord(new Uint8Array(60), 1000), pcapRecord(new Uint8Array(61), 2000)]));

/** A folder with programs that behave as the real ones do in a situation that needs other rights or a broken machine. */
function fakeTools(name: string, scripts: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [tool, script] of Object.entries(scripts)) writeFileSync(join(place, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${place}:/usr/bin:/bin`;
}
const mayNot = 'echo "tcpdump: lo: You don\'t have permission to perform this capture on that device" >&2; exit 1';

test('where tcpdump may not capture, dumpcap is tried', async () => {
  const searchPath = fakeTools('rights', { tcpdump: mayNot, dumpcap: `echo "File: -" >&2; cat ${capture}; trap 'exit 0' INT; while :; do sleep 0.05; done` });
  const source = await openLive('lo', { searchPath });
  const packets: number[] = [];
  for await (const batch of source.batches()) {
    packets.push(batch.count);
    void source.close(); // the iteration ends when the program is gone
  }
  assert.equal(
    packets.reduce((sum, count) => sum + count, 0),
    2,
  );
});

test('where no program may capture, the refusal of the first one is told with the way to get the right', async () => {
  const searchPath = fakeTools('none', { tcpdump: mayNot, dumpcap: mayNot });
  await assert.rejects(openLive('lo', { searchPath }), (error) => {
    assert.ok(error instanceof ShinraiError);
    assert.equal(error.code, 'capture-rights');
    assert.match(error.message, /^Cannot capture on "lo": tcpdump: lo: You don't have permission/);
    assert.match(error.hint ?? '', /setcap/);
    return true;
  });
});

test('a program that dies by itself delivers what it had, then the iteration tells why it died', async () => {
  const searchPath = fakeTools('dying', { tcpdump: `echo "tcpdump: listening on lo" >&2; cat ${capture}; echo "tcpdump: out of memory" >&2; exit 1` });
  const source = await openLive('lo', { searchPath });
  let packets = 0;
  await assert.rejects(
    async () => {
      for await (const batch of source.batches()) packets += batch.count;
    },
    (error) => error instanceof ShinraiError && error.code === 'capture-tool' && /out of memory$/.test(error.message),
  );
  assert.equal(packets, 2);
});

test('a program that does not listen to the request to stop is ended', { timeout: 20_000 }, async () => {
  const searchPath = fakeTools('deaf', { tcpdump: `trap '' INT; echo "tcpdump: listening on lo" >&2; cat ${capture}; exec sleep 600` });
  const source = await openLive('lo', { searchPath });
  await source.close();
});

test('a program that says something else than a capture is refused', async () => {
  const searchPath = fakeTools('odd', { tcpdump: 'echo "what interface do you mean, my friend"; exit 0' });
  await assert.rejects(openLive('lo', { searchPath, tools: ['tcpdump'] }), (error) => error instanceof ShinraiError && error.code === 'capture-tool');
});
