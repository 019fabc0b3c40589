// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findOperation } from '../../src/protocols/index.ts';
import { needsShared, sharedPath } from '../shared.ts';
import { type CapturedMessage, readMessages } from './captured-messages.ts';

/** Modbus judged by what others wrote down: Zeek's logs (icsnpp), Suricata's expectations, tshark's values. */
const icsnpp = 'ot-traffic/icsnpp-modbus';
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** Rows of a Zeek log as objects by field name. */
function readLog(name: string): readonly Readonly<Record<string, string>>[] {
  const lines = readFileSync(sharedPath(`${icsnpp}/baseline/analyzer.basic/${name}`) as string, 'utf8').split('\n'); // needsShared has seen the folder
  const names =
    lines
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .slice(1) ?? [];
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(names.map((field, index) => [field, cells[index] ?? '']));
    });
}

const example = async (): Promise<readonly CapturedMessage[]> =>
  (await readMessages(sharedPath(`${icsnpp}/traces/modbus_example.pcap`) as string)).filter(({ protocol }) => protocol === 'modbus'); // seen

const zeekNames: Readonly<Record<string, string>> = {
  REPORT_SLAVE_ID: 'report-server-id',
  ENCAP_INTERFACE_TRANSPORT: 'read-device-identification',
};
const nameOf = (zeek: string): string => zeekNames[zeek] ?? zeek.toLowerCase().replaceAll('_', '-');

test('the example of icsnpp gives a request and a response for every row of its detailed log, with addresses, values and exceptions', {
  skip: needsShared(icsnpp),
}, async () => {
  const messages = await example();
  const rows = readLog('modbus_detailed.log').filter(
    (row, index, all) => row['matched'] === 'T' || all.findIndex((other) => other['tid'] === row['tid']) === index,
  );
  const requests = messages.filter(({ kind }) => kind === 'request');
  const responses = messages.filter(({ kind }) => kind === 'response');
  assert.equal(requests.length, rows.length);
  assert.equal(responses.length, rows.length);
  rows.forEach((row, index) => {
    const request = requests[index] as CapturedMessage; // equal lengths
    const response = responses[index] as CapturedMessage;
    assert.equal(request.function, nameOf(row['func'] ?? ''));
    assert.equal(response.function, request.function);
    assert.ok(response.isAnswer, `${request.function} is answered`);
    assert.equal(request.unit, Number(row['unit']));
    if (/^\d+$/.test(row['address'] ?? '') && /^[1-9]\d*$/.test(row['quantity'] ?? '')) {
      const first = Number(row['address']);
      const last = first + Number(row['quantity']) - 1;
      assert.equal(request.object?.replace(/^.*\//, ''), last === first ? `${first}` : `${first}-${last}`);
      assert.equal(response.object, request.object);
    }
    if (row['request_values'] !== '-') assert.equal(request.numbers.join(','), row['request_values']);
    if (row['response_values'] !== '-') assert.equal(response.numbers.join(','), row['response_values']);
    const exception = row['exception_code'] ?? '-';
    assert.equal(response.status, exception === '-' ? 'ok' : nameOf(exception));
  });
});

test('mask writes and combined reads and writes of the example are those of their own logs', { skip: needsShared(icsnpp) }, async () => {
  const messages = await example();
  const seen = (name: string, kind: string): readonly string[] =>
    messages.filter((message) => message.function === name && message.kind === kind).map(({ object, numbers }) => `${object} ${numbers}`);
  const masks = readLog('modbus_mask_write_register.log');
  for (const kind of ['request', 'response']) {
    const rows = masks.filter((row) => row['request_response'] === kind.toUpperCase());
    assert.deepEqual(
      seen('mask-write-register', kind),
      rows.map((row) => `holding-register/${row['address']} ${row['and_mask']},${row['or_mask']}`),
    );
  }
  const both = readLog('modbus_read_write_multiple_registers.log');
  const range = (first: string | undefined, count: number): string => (count === 1 ? `${first}` : `${first}-${Number(first) + count - 1}`);
  const asked = both.filter((row) => row['request_response'] === 'REQUEST');
  const answered = both.filter((row) => row['request_response'] === 'RESPONSE');
  assert.deepEqual(
    seen('read-write-multiple-registers', 'request'),
    asked.map((row) => `holding-register/${range(row['write_start_address'], row['write_registers']?.split(',').length ?? 0)} ${row['write_registers']}`),
  );
  assert.deepEqual(
    seen('read-write-multiple-registers', 'response'),
    answered.map(
      (row, index) => `holding-register/${range(asked[index]?.['read_start_address'], Number(asked[index]?.['read_quantity']))} ${row['read_registers']}`,
    ),
  );
});

/** From its test.yaml and test.rules: how often each must be seen. */
const suricata = 'ot-traffic/suricata-verify/modbus';
test('the capture of suricata-verify gives the transactions that its rules count', { skip: needsShared(suricata) }, async () => {
  const requests = (await readMessages(sharedPath(`${suricata}/modbus.pcap`) as string)).filter(
    ({ kind, protocol }) => kind === 'request' && protocol === 'modbus',
  ); // seen
  const code = (message: CapturedMessage): number | undefined => findOperation('modbus', message.function)?.code;
  const classOf = (message: CapturedMessage): string | undefined => findOperation('modbus', message.function)?.class;
  assert.equal(requests.filter((message) => code(message) === 1).length, 2, 'function 1');
  assert.equal(requests.filter(({ unit }) => unit === 10).length, 18, 'unit 10');
  assert.equal(requests.filter(({ unit, object }) => unit > 9 && object?.startsWith('coil/0')).length, 1, 'coils of address 0');
  assert.equal(requests.filter((message) => classOf(message) === 'read').length, 3, 'access read');
  assert.equal(requests.filter((message) => classOf(message) === 'write').length, 3, 'access write');
  assert.equal(requests.filter((message) => code(message) === 8).length, 8, 'function 8');
  assert.equal(requests.filter((message) => code(message) === 43 && message.unit === 10).length, 2, 'function 43');
});

const polled = 'attack-detection/Modbus_CSET2016/send_a_fake_command_modbus_6RTU_with_operate.pcap.gz';
test('every address and every value of the polled capture is the one tshark reads', {
  skip: needsShared(polled) || (hasTshark ? false : 'needs tshark'),
}, async () => {
  const path = sharedPath(polled) as string; // seen
  const names = ['frame.number', 'modbus.func_code', 'modbus.reference_num', 'modbus.word_cnt', 'modbus.bit_cnt', 'modbus.regval_uint16'];
  const args = ['-n', '-r', path, '-Y', 'modbus', '-T', 'fields', ...names.flatMap((name) => ['-e', name])];
  const theirs = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const ours = (await readMessages(path)).filter(({ protocol }) => protocol === 'modbus');
  assert.equal(ours.length, theirs.length);
  assert.ok(ours.length > 2000);
  theirs.forEach(([packet, code, first = '', words = '', bits = '', values = ''], index) => {
    const message = ours[index] as CapturedMessage; // equal lengths
    assert.equal(message.packet, Number(packet));
    assert.equal(findOperation('modbus', message.function)?.code, Number(code));
    if (first !== '' && (words !== '' || bits !== '') && message.kind === 'request') {
      const count = Number(words || bits);
      assert.equal(message.object?.split('/')[1], count === 1 ? first : `${first}-${Number(first) + count - 1}`);
    }
    if (values !== '') assert.equal(message.numbers.join(','), values);
    assert.equal(message.kind === 'response', message.isAnswer);
  });
});
