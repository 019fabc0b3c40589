// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { createMemory, type Memory } from '../water/register-map.ts';
import { anyTraffic, createTestLan, type TestLan } from '../wire/test-lan.ts';
import { ModbusClient, readRequest, registersOf, writeRegisterRequest } from './modbus-client.ts';
import { frameAdu, type ModbusServer, modbusPort, serveModbus } from './modbus-server.ts';

const serverAddress = 0x0a00_0002;

interface Rig {
  readonly lan: TestLan;
  readonly memory: Memory;
  readonly server: ModbusServer;
  /** Response to a request as hexadecimal, or 'silence' after two seconds. */
  ask(pdu: string): string;
}

function createRig(): Rig {
  const lan = createTestLan(2);
  const [client, serving] = lan.hosts;
  assert.ok(client !== undefined && serving !== undefined);
  const memory = createMemory();
  const server = serveModbus(serving, memory);
  const ask = (pdu: string): string => {
    const modbus = new ModbusClient(client, { server: serverAddress });
    let answer = 'nothing';
    modbus.request(bytesOf(pdu), (response) => {
      answer = response === undefined ? 'silence' : toHex(response);
    });
    lan.schedule.advance(2_000);
    modbus.close();
    lan.schedule.advance(5_000);
    return answer;
  };
  return { lan, memory, server, ask };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex.replaceAll(' ', ''));
  assert.ok(bytes !== undefined, hex);
  return bytes;
}

test('every function answers as the specification says, and refuses with the right exception', () => {
  const { ask } = createRig();
  const cases: readonly (readonly [request: string, response: string, what: string])[] = [
    ['01 0000 0007', '01 01 3d', 'coils 0-6: 1,0,1,1,1,1,0'],
    ['02 0000 000d', '02 02 0000', 'discrete inputs'],
    ['03 0000 0002', '03 04 003c 0708', 'holding registers'],
    ['04 0000 0001', '04 02 0000', 'input register'],
    ['05 0001 ff00', '05 0001 ff00', 'write coil on'],
    ['05 0001 0000', '05 0001 0000', 'write coil off'],
    ['05 0001 1234', '85 03', 'a coil is on or off'],
    ['06 0000 0041', '06 0000 0041', 'write register'],
    ['03 0000 0001', '03 02 0041', 'the register is written'],
    ['0f 0000 0003 01 05', '0f 0000 0003', 'write coils'],
    ['01 0000 0003', '01 01 05', 'the coils are written'],
    ['10 0001 0002 04 06a4 0a8c', '10 0001 0002', 'write registers'],
    ['03 0001 0002', '03 04 06a4 0a8c', 'the registers are written'],
    ['16 0000 00f0 0005', '16 0000 00f0 0005', 'mask write'],
    ['03 0000 0001', '03 02 0045', '0x41 and 0xf0 or 5 and not 0xf0'],
    ['17 0000 0001 0004 0001 02 0100', '17 02 0045', 'write and read'],
    ['03 0004 0001', '03 02 0100', 'the register is written before the read'],
    ['11', '11 02 01 ff', 'server id'],
    ['08 0000 a537', '08 0000 a537', 'echo'],
    [
      '2b 0e 01 00',
      `2b 0e 01 82 00 00 03 00 11 ${toHex(Buffer.from('Shinrai simulated'))} 01 09 ${toHex(Buffer.from('SIM-PLC-1'))} 02 03 312e30`,
      'identification',
    ],
    ['2b 0e 04 02', '2b 0e 04 82 00 00 01 02 03 312e30', 'one object'],
    ['2b 0e 04 63', 'ab 02', 'an object that is not there'],
    ['2b 0e 07 00', 'ab 03', 'a level that is not there'],
    ['2b 0d 01 00', 'ab 01', 'CANopen is not spoken'],
    ['03 0009 0002', '83 02', 'beyond the last register'],
    ['03 ffff ffff', '83 03', 'too many registers'],
    ['03 0000 0000', '83 03', 'no register'],
    ['03 0000', '83 03', 'a request that is cut'],
    ['06 000a 0001', '86 02', 'no such register'],
    ['10 0000 0002 03 0001 0002', '90 03', 'byte count does not fit'],
    ['17 0000 0064 0004 0001 02 0777', '97 02', 'nothing is written when it cannot be read'],
    ['03 0004 0001', '03 02 0100', 'nothing was written'],
    ['18 0000', '98 01', 'FIFO queues are not there'],
    ['63', 'e3 01', 'not a function'],
    ['08 0099 0000', '88 01', 'no such diagnostic'],
  ];
  for (const [request, response, what] of cases) assert.equal(ask(request), response.replaceAll(' ', ''), `${request}: ${what}`);
});

test('in listen-only mode the controller is silent until its communication is restarted', () => {
  const { ask, server } = createRig();
  assert.equal(ask('08 0004 0000'), 'silence');
  assert.ok(server.isListenOnly);
  assert.equal(ask('03 0000 0001'), 'silence');
  assert.equal(ask('08 0001 0000'), 'silence');
  assert.ok(!server.isListenOnly);
  assert.equal(ask('03 0000 0001'), '0302003c');
});

test('restarting the communication resets every connection and refuses new ones for a moment', () => {
  const { lan, ask } = createRig();
  const client = lan.hosts[0];
  assert.ok(client !== undefined);
  const reasons: string[] = [];
  const bystander = client.tcp.connect(serverAddress, modbusPort, { onClose: (reason) => reasons.push(reason) });
  lan.schedule.advance(100);
  assert.ok(bystander.isOpen);
  assert.equal(ask('08 0001 0000'), '0800010000');
  assert.deepEqual(reasons, ['reset']);
  assert.equal(ask('03 0000 0001'), '0302003c');
});

test('requests cut into single bytes and several in one segment are all answered, in order', () => {
  const { lan } = createRig();
  const client = lan.hosts[0];
  assert.ok(client !== undefined);
  const received: number[] = [];
  const connection = client.tcp.connect(serverAddress, modbusPort, { onReceive: (bytes) => received.push(...bytes) });
  lan.schedule.advance(100);
  const adus = [1, 2, 3].map((transaction) => frameAdu(transaction, 1, readRequest(3, transaction, 1)));
  const whole = Uint8Array.from(adus.flatMap((adu) => [...adu]));
  connection.write(whole);
  for (const byte of whole) connection.write(Uint8Array.of(byte));
  lan.schedule.advance(5_000);
  const expected = ['0001000000050103020708', '000200000005010302 0a28', '000300000005010302 07d0'].join('').replaceAll(' ', '');
  assert.equal(toHex(Uint8Array.from(received)), expected + expected);
});

test('bytes that are not Modbus end the connection, and nothing that is sent breaks the server', () => {
  const { lan, ask } = createRig();
  const client = lan.hosts[0];
  assert.ok(client !== undefined);
  const reasons: string[] = [];
  const connection = client.tcp.connect(serverAddress, modbusPort, { onClose: (reason) => reasons.push(reason) });
  lan.schedule.advance(100);
  connection.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  lan.schedule.advance(1_000);
  assert.deepEqual(reasons, ['reset']);
  const seed = 23;
  const random = createRandom(seed);
  const modbus = new ModbusClient(client, { server: serverAddress });
  let answers = 0;
  for (let round = 0; round < 500; round += 1) {
    const code = [1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 22, 23, 43][random.below(13)] ?? 0;
    const pdu = Uint8Array.from({ length: 1 + random.below(20) }, (_, index) => (index === 0 ? code : random.below(random.below(2) === 0 ? 4 : 256)));
    if (code === 8) continue; // Restart and listen-only have their own tests.
    modbus.request(pdu, (response) => {
      if (response !== undefined) answers += 1;
      assert.ok(response === undefined || response.length <= 253, `seed ${seed}, round ${round}`);
    });
    lan.schedule.advance(20);
  }
  assert.ok(answers > 400, `${answers} answers, seed ${seed}`);
  assert.match(ask('03 0000 0001'), /^030200?/);
});

test('a client whose request is taken out gives up after its time, connects again and goes on', () => {
  const { lan, memory } = createRig();
  const client = lan.hosts[0];
  assert.ok(client !== undefined);
  const modbus = new ModbusClient(client, { server: serverAddress });
  const answers: (readonly number[] | undefined)[] = [];
  const poll = (): void => modbus.request(readRequest(3, 0, 1), (response) => answers.push(registersOf(response)));
  poll();
  lan.schedule.advance(1_000);
  const { id } = lan.switch.apply({ ...anyTraffic, serverAddress: '10.0.0.2', protocol: 'modbus', functions: ['write-single-register'] });
  let isAnswered = true;
  modbus.request(writeRegisterRequest(0, 500), (response) => {
    isAnswered = response !== undefined;
  });
  lan.schedule.advance(5_000);
  assert.equal(isAnswered, false);
  assert.equal(memory['holding-register'][0], 60);
  poll();
  lan.schedule.advance(5_000);
  assert.deepEqual(answers, [[60], [60]]);
  lan.switch.remove(id);
  modbus.request(writeRegisterRequest(0, 61));
  lan.schedule.advance(5_000);
  assert.equal(memory['holding-register'][0], 61);
});
