// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { test } from 'node:test';
import { createTestNetwork, needsNamespaces, runInHost, startInHost } from '../../../test/network.ts';
import type { TrafficRule } from '../../model/response.ts';
import { createNftablesEnforcer } from './nftables.node.ts';

const codes: Readonly<Record<string, number>> = { 'read-holding-registers': 3, 'write-single-register': 6 };
const base: TrafficRule = {
  clientAddress: '10.99.0.1',
  serverAddress: '10.99.0.2',
  transport: 'tcp',
  serverPort: 502,
  protocol: null,
  functions: null,
  mac: null,
};

/** A server that answers every Modbus request with its own bytes. */
const server = `require('node:net').createServer((socket) => { socket.on('error', () => {}); socket.pipe(socket); }).listen(502, '10.99.0.2', () => console.log('ready'))`;
/** Asks with one function code over a new connection: prints "answered" or "silent". */
function ask(code: number): string {
  return `const socket = require('node:net').connect(502, '10.99.0.2', () => socket.write(Buffer.from([0,1,0,0,0,6,1,${code},0,0,0,1])));
    socket.on('data', () => { process.stdout.write('answered'); process.exit(); }); socket.on('error', () => {});
    setTimeout(() => { process.stdout.write('silent'); process.exit(); }, 700)`;
}

test('nftables takes the flow or the function off a bridge, counts, and gives it back', { skip: needsNamespaces('nft') }, async () => {
  const network = createTestNetwork(3);
  const [client = '', device = '', other = ''] = network.hosts;
  const running = await startInHost(device, server);
  try {
    const enforcer = createNftablesEnforcer({
      namespace: network.bridgeNamespace,
      functionCodeOf: (_protocol, name) => codes[name],
      functionOffsetBytes: (protocol) => (protocol === 'modbus' ? 7 : undefined),
    });
    assert.equal(await runInHost(client, ask(3)), 'answered');

    await enforcer.apply('rsp-0a', [base], 60_000);
    assert.deepEqual(await enforcer.inForce(), ['rsp-0a']);
    assert.equal(await runInHost(client, ask(3)), 'silent');
    assert.equal(await runInHost(other, ask(3)), 'answered', 'others go on');
    assert.ok(((await enforcer.packetsStopped('rsp-0a')) ?? 0) > 0);
    await enforcer.remove('rsp-0a');
    assert.equal(await runInHost(client, ask(3)), 'answered');
    assert.equal(await enforcer.packetsStopped('rsp-0a'), undefined);

    await enforcer.apply('rsp-0b', [{ ...base, protocol: 'modbus', functions: ['write-single-register'] }], 60_000);
    assert.equal(await runInHost(client, ask(6)), 'silent');
    assert.equal(await runInHost(client, ask(3)), 'answered', 'reading goes on');
    await enforcer.remove('rsp-0b');

    await enforcer.apply('rsp-0c', [{ ...base, transport: null, serverPort: null, serverAddress: null }], 1_000);
    assert.equal(await runInHost(client, ask(3)), 'silent');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(await enforcer.inForce(), [], 'the kernel ends it by itself');
    assert.equal(await runInHost(client, ask(3)), 'answered');
    await enforcer.remove('rsp-0c');
  } finally {
    running.stop();
    network.close();
  }
});

const strangerMac = '02:00:00:00:99:01';
/** Sends a PROFINET frame and an IPv4 packet in VLAN 7, both from the stranger, to everyone. */
const sendFrames = `import socket
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); sender.bind(('eth0', 0))
ends = bytes.fromhex('ffffffffffff${strangerMac.replaceAll(':', '')}')
ip = bytes.fromhex('4500003c0000000040110000') + bytes([10, 98, 0, 1, 10, 98, 0, 2])
sender.send(ends + bytes.fromhex('8892') + b'in PROFINET'.ljust(60))
sender.send(ends + bytes.fromhex('810000070800') + ip + b'in a VLAN'.ljust(40))`;
/** Prints "ready", then which of the two frames came within a second. */
const seeFrames = `import socket, time
receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3)); receiver.bind(('eth0', 0)); receiver.settimeout(0.1)
print('ready', flush=True)
seen, end = set(), time.monotonic() + 1
while time.monotonic() < end:
    try: frame = receiver.recv(2000)
    except TimeoutError: continue
    seen.update(name for name in ('in PROFINET', 'in a VLAN') if name.encode() in frame)
print(', '.join(sorted(seen)) or 'nothing', flush=True)`;

/** What of the two frames gets from one host to the other. */
async function framesThrough(from: string, to: string): Promise<string> {
  const receiver = spawn('ip', ['netns', 'exec', to, 'python3', '-c', seeFrames], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const isReady = Promise.withResolvers<void>();
  receiver.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    isReady.resolve();
  });
  const ended = new Promise((resolve) => receiver.once('close', resolve));
  await Promise.race([isReady.promise, ended]);
  execFileSync('ip', ['netns', 'exec', from, 'python3', '-c', sendFrames], { stdio: 'pipe' });
  await ended;
  return said.trim().split('\n').at(-1) ?? '';
}

test('isolating a device takes everything of it off the wire, in whatever protocol and VLAN', { skip: needsNamespaces('nft', 'python3') }, async () => {
  const network = createTestNetwork(2);
  const [stranger = '', other = ''] = network.hosts;
  const anything: TrafficRule = { ...base, transport: null, serverPort: null, clientAddress: null, serverAddress: null };
  try {
    const enforcer = createNftablesEnforcer({
      namespace: network.bridgeNamespace,
      functionCodeOf: () => undefined,
      functionOffsetBytes: () => undefined,
    });
    assert.equal(await framesThrough(stranger, other), 'in PROFINET, in a VLAN');
    await enforcer.apply('rsp-0d', [{ ...anything, mac: strangerMac }], 60_000);
    assert.equal(await framesThrough(stranger, other), 'nothing');
    assert.equal(await enforcer.packetsStopped('rsp-0d'), 2);
    await enforcer.remove('rsp-0d');
    await enforcer.apply('rsp-0e', [{ ...anything, clientAddress: '10.98.0.1' }], 60_000);
    assert.equal(await framesThrough(stranger, other), 'in PROFINET', 'an IP address is found in a VLAN too');
    await enforcer.remove('rsp-0e');
    assert.equal(await framesThrough(stranger, other), 'in PROFINET, in a VLAN');
  } finally {
    network.close();
  }
});

test('an enforcement point that cannot be asked says so: nothing in force is another answer', { skip: needsNamespaces('nft') }, async () => {
  const options = { functionCodeOf: () => undefined, functionOffsetBytes: () => undefined };
  await assert.rejects(createNftablesEnforcer({ ...options, namespace: 'shinrai-nowhere' }).inForce(), { code: 'enforce' });
  const network = createTestNetwork(1);
  try {
    assert.deepEqual(await createNftablesEnforcer({ ...options, namespace: network.bridgeNamespace }).inForce(), []);
  } finally {
    network.close();
  }
});

const refusals: readonly (readonly [string, string, readonly TrafficRule[]])[] = [
  ['a response id that is not one', 'x; drop', [base]],
  ['an address that is not one', 'rsp-1', [{ ...base, clientAddress: '10.0.0.1; flush ruleset' }]],
  ['a hardware address that is not one', 'rsp-1', [{ ...base, mac: 'zz' }]],
  ['a rule without any address', 'rsp-1', [{ ...base, clientAddress: null, serverAddress: null }]],
  ['functions of a protocol whose code has no fixed place', 'rsp-1', [{ ...base, protocol: 'http', functions: ['get'] }]],
];
for (const [name, id, rules] of refusals) {
  test(`nftables refuses ${name} before anything is run`, async () => {
    const enforcer = createNftablesEnforcer({ functionCodeOf: () => undefined, functionOffsetBytes: () => undefined });
    await assert.rejects(enforcer.apply(id, rules, 1_000), { code: 'enforce' });
  });
}
