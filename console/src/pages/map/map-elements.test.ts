// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SiteMap } from '../../app/api.ts';
import { linkWidth, mapElements, shapeOf, withoutNormalLinks } from './map-elements.ts';

const texts = { cut: 'cut', isolated: 'isolated', isNew: 'new', target: 'acted upon', severity: (severity: string) => severity };
const device = (id: string, more: Partial<SiteMap['devices'][number]> = {}): SiteMap['devices'][number] => ({
  id,
  name: id,
  address: '10.0.0.1',
  kind: 'controller',
  zone: null,
  severity: null,
  isNew: false,
  isTarget: false,
  isIsolated: false,
  ...more,
});
const link = (id: string, fromId: string, toId: string, more: Partial<SiteMap['links'][number]> = {}): SiteMap['links'][number] => ({
  id,
  fromId,
  toId,
  services: ['modbus'],
  packets: 10,
  lastMs: 0,
  isNormal: true,
  severity: null,
  isCut: false,
  ...more,
});

test('each zone is one box, and its devices lie in it', () => {
  const elements = mapElements({ atMs: 0, devices: [device('a', { zone: 'Control' }), device('b', { zone: 'Control' }), device('c')], links: [] }, texts);
  assert.deepEqual(
    elements.filter((element) => element.classes === 'zone').map((element) => element.data.id),
    ['zone:Control'],
  );
  assert.deepEqual(
    elements.filter((element) => element.classes !== 'zone').map((element) => element.data['parent']),
    ['zone:Control', 'zone:Control', undefined],
  );
});

test('a link to a device that is not there is left out', () => {
  const elements = mapElements({ atMs: 0, devices: [device('a')], links: [link('1', 'a', 'gone')] }, texts);
  assert.equal(elements.filter((element) => element.group === 'edges').length, 0);
});

test('what stands against a device and a cut link is said in words, not by colour alone', () => {
  const elements = mapElements(
    {
      atMs: 0,
      devices: [device('a', { isNew: true, severity: 'high', isIsolated: true }), device('b', { isTarget: true })],
      links: [link('1', 'a', 'b', { isCut: true, isNormal: false })],
    },
    texts,
  );
  assert.match(String(elements[0]?.data['label']), /isolated · high · new/);
  assert.match(String(elements[1]?.data['label']), /acted upon/);
  assert.match(String(elements[2]?.data['label']), /cut \(modbus\)/);
});

test('lines grow with the powers of ten and stay readable', () => {
  assert.equal(linkWidth(0), 1.2);
  assert.ok(linkWidth(100) < linkWidth(10_000));
  assert.equal(linkWidth(1e12), 6);
});

test('unusual and cut links stay when the normal ones are hidden', () => {
  const map = { atMs: 0, devices: [device('a')], links: [link('1', 'a', 'a'), link('2', 'a', 'a', { isNormal: false }), link('3', 'a', 'a', { isCut: true })] };
  assert.deepEqual(
    withoutNormalLinks(map).links.map(({ id }) => id),
    ['2', '3'],
  );
});

test('the layout is kept while only the state of devices changes', () => {
  const calm: SiteMap = { atMs: 0, devices: [device('a'), device('b')], links: [] };
  const alarmed: SiteMap = { ...calm, devices: [device('b', { severity: 'high' }), device('a')] };
  assert.equal(shapeOf(calm), shapeOf(alarmed));
  assert.notEqual(shapeOf(calm), shapeOf({ ...calm, devices: [device('a'), device('b', { zone: 'Office' })] }));
});
