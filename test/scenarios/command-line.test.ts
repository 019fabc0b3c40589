// SPDX-License-Identifier: Apache-2.0
// The contract of the command line: names, exit codes, words on the right stream, damaged input, readers that go away, interfaces.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { finish, launcher, shinrai, startShinrai, temporaryFolder } from '../command-line.ts';
import { createTestNetwork, needsNamespaces, runInHost, startInHost } from '../network.ts';

const folder = temporaryFolder('command-line');
const at = (name: string): string => join(folder, name);
const capture = at('plant.pcap');

before(async () => {
  const ran = await shinrai(['plant', 'record', '--seed', '3', '--minutes', '3', '--out', capture]);
  assert.equal(ran.code, 0, ran.said);
  assert.match(ran.said, /^Wrote .*plant\.pcap: [0-9]+ packets of the simulated plant\n$/);
  assert.equal(ran.out, '', 'words for people are not results');
});

const flowNames = [
  ...['clientAddress', 'clientPort', 'serverAddress', 'serverPort', 'transport', 'protocol', 'packets', 'bytes'],
  ...['clientPackets', 'clientBytes', 'serverPackets', 'serverBytes', 'firstMs', 'lastMs', 'communityId'],
];
const messageNames = ['packet', 'atMs', 'clientAddress', 'serverAddress', 'fromClient', 'protocol', 'kind', 'unit', 'function', 'object', 'values', 'status'];
const findingNames = ['kind', 'id', 'detector', 'subject', 'observed', 'expected', 'support', 'score', 'severity', 'technique', 'packets'];

suite('names of the contract', () => {
  test('flows: one object a line with exactly these names, and nothing is lost between them and the file', async () => {
    const { code, lines, said } = await shinrai(['flows', capture, '--json']);
    assert.equal(code, 0, said);
    for (const line of lines) assert.deepEqual(Object.keys(line), flowNames);
    for (const line of lines) {
      assert.equal(line.packets, line.clientPackets + line.serverPackets);
      assert.equal(line.bytes, line.clientBytes + line.serverBytes);
    }
    const packets = lines.reduce((sum, line) => sum + line.packets, 0);
    const { lines: recorded } = await shinrai(['plant', 'record', '--seed', '3', '--minutes', '3', '--out', at('again.pcap'), '--json']);
    assert.ok(packets > 0 && packets <= recorded[0].packets);
    assert.deepEqual(readFileSync(at('again.pcap')), readFileSync(capture), 'the same seed gives the same bytes');
  });

  test('messages: one object a line with exactly these names', async () => {
    const { code, lines } = await shinrai(['messages', capture, '--json']);
    assert.equal(code, 0);
    assert.ok(lines.some((line) => line.protocol === 'modbus') && lines.some((line) => line.protocol === 'dns'));
    for (const line of lines) assert.deepEqual(Object.keys(line), messageNames);
  });

  test('assets: addresses, hardware addresses and roles of each device', async () => {
    const { lines } = await shinrai(['assets', capture, '--json']);
    const plc = lines.find((line) => line.addresses.includes('10.20.0.10'));
    assert.ok(plc.macs.length === 1 && plc.vendor !== null);
    assert.ok(plc.roles.some((role: { service: string; side: string }) => role.service === 'modbus' && role.side === 'server'));
    assert.ok(
      lines.some((line) => line.addresses.length === 0 && line.macs.length === 1),
      'a device without an IP address is one, too',
    );
  });

  test('learn and watch: a norm, then findings with these names first', async () => {
    const learnt = await shinrai(['learn', capture, at('again.pcap'), '--out', at('norm.json'), '--json']);
    assert.equal(learnt.code, 0, learnt.said);
    assert.ok(learnt.lines[0].entries > 10 && learnt.lines[0].out === at('norm.json'));
    JSON.parse(readFileSync(at('norm.json'), 'utf8'));
    await shinrai(['plant', 'record', '--seed', '4', '--minutes', '4', '--attack', 'setpoint', '--out', at('attack.pcap')]);
    const { lines } = await shinrai(['watch', at('attack.pcap'), '--norm', at('norm.json'), '--json']);
    assert.ok(lines.length > 3);
    for (const line of lines.filter(({ kind }) => kind === 'finding')) for (const name of findingNames) assert.ok(name in line, name);
  });

  test('a compressed capture and one on standard input give the same lines as the file', async () => {
    writeFileSync(at('plant.pcap.gz'), gzipSync(readFileSync(capture)));
    const plain = await shinrai(['flows', capture, '--json']);
    const packed = await shinrai(['flows', at('plant.pcap.gz'), '--json']);
    const piped = await shinrai(['flows', '-', '--json'], { input: readFileSync(capture) });
    assert.ok(plain.lines.length > 5);
    assert.equal(packed.out, plain.out);
    assert.equal(piped.out, plain.out);
  });
});

suite('exit codes, and words for people on standard error', () => {
  const missing = join(folder, 'nothing.pcap');
  const table: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['no command', [], 2, /^$/],
    ['an unknown word', ['bogus'], 2, /error: Cannot run "bogus": there is no such command\nshinrai: hint: shinrai --help lists all/],
    ['an unknown verb', ['chain', 'bogus'], 2, /hint: There is: chain verify, chain prove, chain check/],
    ['an unknown flag', ['flows', '--bogus', capture], 2, /error: Cannot run "flows": Unknown option '--bogus'.*\nshinrai: hint: shinrai flows --help/],
    ['a flag without its value', ['flows', capture, '--split-idle'], 2, /--split-idle <value>' argument missing/],
    ['no capture', ['flows'], 2, /found 0 arguments, 1 required\nshinrai: hint: shinrai flows <capture>/],
    ['two captures', ['flows', capture, capture], 2, /found 2 arguments, 1 required/],
    ['a word for a number', ['flows', capture, '--split-idle', 'x'], 2, /Cannot read --split-idle: found "x", a number from 0.001 to [0-9]+ is required/],
    ['a number out of range', ['start', '--port', '70000'], 2, /Cannot read --port: found "70000", a whole number from 0 to 65535 is required/],
    ['a broken number', ['plant', 'record', '--seed', '1.5', '--out', at('x.pcap')], 2, /a whole number from 0/],
    ['no time', ['plant', 'record', '--minutes', '0', '--out', at('x.pcap')], 2, /Cannot read --minutes/],
    ['an unknown attack', ['plant', 'record', '--attack', 'none', '--out', at('x.pcap')], 2, /one of scan, setpoint, hmi-takeover, maintenance is required/],
    ['an unknown language', ['watch', capture, '--language', 'fr'], 2, /one of en, ja is required/],
    ['learning to nowhere', ['learn', capture], 2, /Cannot learn: --out is missing\nshinrai: hint: shinrai learn capture\.pcap --out norm\.json/],
    ['a missing file', ['flows', missing], 3, /error: Cannot open capture ".*nothing\.pcap": .*no such file/],
    ['a folder', ['flows', folder], 3, /it is a directory/],
    ['no capture at all', ['messages', fileOf('text', 'not a capture')], 3, /its first bytes are 6e6f7420, the magic number of a capture format is required/],
    ['an empty file', ['messages', fileOf('empty', '')], 3, /error: Cannot read capture/],
    ['no such interface', ['flows', 'nosuchif0'], 3, /error: Cannot capture on "nosuchif0"/],
    ['a missing norm', ['watch', capture, '--norm', missing], 3, /error: Cannot read ".*nothing\.pcap"/],
    ['a norm that is none', ['watch', capture, '--norm', fileOf('norm', '{}')], 3, /hint: shinrai learn makes one/],
    ['a file that cannot be written', ['plant', 'record', '--minutes', '1', '--out', join(missing, 'x')], 3, /error: Cannot write ".*": /],
    ['a norm that cannot be written', ['learn', capture, '--out', join(missing, 'x')], 3, /error: Cannot write ".*": /],
    ['a log that is not there', ['chain', 'verify', missing], 3, /error: Cannot read/],
    ['a proof that is not there', ['chain', 'check', missing], 3, /error: Cannot read/],
    ['a proof that is none', ['chain', 'check', fileOf('proof', '{}')], 1, /^$/],
    ['a site that is not there', ['start', '--data', missing], 3, /error: Cannot open a site .*\nshinrai: hint: shinrai init creates a site/],
    ['a site without sensor', ['init', '--data', missing], 2, /Cannot create a site: --interface is missing/],
    ['help', ['--help'], 0, /^$/],
    ['help for one', ['flows', '--help'], 0, /^$/],
  ];
  function fileOf(name: string, content: string): string {
    writeFileSync(at(name), content);
    return at(name);
  }
  for (const [name, args, code, said] of table) {
    test(`${name}: exit ${code}`, async () => {
      const ran = await shinrai(args);
      assert.equal(ran.code, code, ran.said);
      assert.match(ran.said, said);
      assert.doesNotMatch(ran.said, /\n {4}at |node:internal/, 'no stack for people');
      if (code >= 2 && args.length > 0) assert.equal(ran.out, '', 'nothing that a script could take for a result');
    });
  }
  test('a misspelt path creates nothing', () => assert.equal(existsSync(missing), false));
});

suite('damaged captures', () => {
  test('a capture that was cut keeps every packet before the cut, and says at which byte', async () => {
    const bytes = readFileSync(capture);
    const whole = await shinrai(['messages', capture, '--json']);
    for (const length of [bytes.length - 1, Math.floor(bytes.length / 2), 24 + 16 + 3]) {
      writeFileSync(at('cut.pcap'), bytes.subarray(0, length));
      const ran = await shinrai(['messages', at('cut.pcap'), '--json']);
      assert.equal(ran.code, 0, ran.said);
      const offset = Number(/warning: .* \(at byte ([0-9]+)\); everything before it was read/.exec(ran.said)?.[1]);
      assert.ok(offset > 0 && offset <= length && length - offset < 2_000, `${ran.said} at ${length}`);
      assert.ok(whole.out.startsWith(ran.out), 'what was read is what the whole capture gives');
    }
  });

  test('garbage behind a capture ends it with the offset, and what was before it is told', async () => {
    writeFileSync(at('garbage.pcap'), readFileSync(capture));
    appendFileSync(at('garbage.pcap'), Buffer.alloc(64, 0xff));
    const ran = await shinrai(['flows', at('garbage.pcap'), '--json']);
    assert.match(ran.said, new RegExp(`\\(at byte ${readFileSync(capture).length}\\)`));
    assert.equal(ran.out, (await shinrai(['flows', capture, '--json'])).out);
  });

  test('when nothing was found in a capture that was cut, --fail-on-finding cannot decide', async () => {
    await shinrai(['learn', capture, '--out', at('norm-cut.json')]);
    writeFileSync(at('cut.pcap'), readFileSync(capture).subarray(0, 100_000));
    const exits = await Promise.all([capture, at('cut.pcap')].map((path) => shinrai(['watch', path, '--norm', at('norm-cut.json'), '--fail-on-finding'])));
    assert.deepEqual(
      exits.map(({ code }) => code),
      [0, 3],
    );
  });
});

suite('readers and interfaces', () => {
  test('a reader that goes away (| head) ends the command quietly', async () => {
    const script = `set -o pipefail; "${launcher}" messages "${capture}" --json | head -n 1; echo "codes \${PIPESTATUS[*]}" >&2`;
    const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    const ran = await finish(child);
    assert.deepEqual([ran.lines.length, ran.said], [1, 'codes 0 0\n']);
  });

  test('a full pipe is waited for: a slow reader gets every line', async () => {
    const child = startShinrai(['messages', capture, '--json']);
    await once(child.stdout ?? assert.fail('it is a pipe'), 'readable');
    await wait(1_500);
    const slow = await finish(child);
    assert.equal(slow.out, (await shinrai(['messages', capture, '--json'])).out);
  });

  test('an interface is told as it happens, and Ctrl-C tells what is there', { skip: needsNamespaces('tcpdump') }, async () => {
    await shinrai(['learn', capture, '--out', at('norm-live.json')]);
    const network = createTestNetwork(2);
    const server = await startInHost(network.hosts[1] ?? '', "require('node:net').createServer((s) => s.pipe(s)).listen(502, () => console.log('ready'))");
    const started = ['watch', 'flows'].map((word) =>
      startShinrai([word, network.firstPort, '--json', ...(word === 'watch' ? ['--norm', at('norm-live.json')] : [])], { namespace: network.bridgeNamespace }),
    );
    const [watching, flowing] = started;
    try {
      assert.ok(watching?.stdout && watching.stderr && flowing);
      const ended = [finish(watching), finish(flowing)];
      await once(watching.stderr, 'data'); // "Watching port1. Ctrl-C stops.": it captures now
      await wait(1_000); // the other one, too
      const isTold = once(watching.stdout, 'data');
      // Read holding registers 0-9 of unit 1, again and again, so that packets go on coming.
      await runInHost(
        network.hosts[0] ?? '',
        `const s = require('node:net').connect(502, '10.99.0.2', () => { const ask = () => s.write(Buffer.from('0001000000060103000000 0a'.replace(' ', ''), 'hex')); ask(); const t = setInterval(ask, 200); setTimeout(() => { clearInterval(t); s.end(); }, 2000); });`,
      );
      await Promise.race([isTold, wait(5_000, undefined).then(() => assert.fail('a finding is told before the end'))]);
      for (const child of started) child.kill('SIGINT');
      const [watched, flows] = await Promise.all(ended);
      assert.ok(watched !== undefined && flows !== undefined);
      assert.equal(watched.code, 0, watched.said);
      assert.ok(watched.lines.some((line) => line.kind === 'finding' && line.addresses.includes('10.99.0.1')));
      assert.ok(watched.lines.some((line) => line.kind === 'incident'));
      assert.equal(flows.code, 0, flows.said);
      assert.ok(
        flows.lines.some((line) => line.serverPort === 502 && line.protocol === 'modbus'),
        flows.out,
      );
    } finally {
      for (const child of started) child.kill('SIGKILL');
      server.stop();
      network.close();
    }
  });
});
