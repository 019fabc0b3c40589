// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../../src/base/random.ts';
import { boxHeight, boxWidth, layOutTrace, rowsMax, type TraceInput } from './trace-layout.ts';

const node = (id: string, from: readonly string[] = [], atMs = 0): TraceInput => ({ id, from, atMs, index: 0 });

test('each record stands right of everything it was made of', () => {
  const picture = layOutTrace([
    node('result', ['action', 'packets']),
    node('action', ['incident']),
    node('incident', ['finding']),
    node('finding', ['packets']),
    node('packets'),
  ]);
  const column = Object.fromEntries(picture.nodes.map((placed) => [placed.id, placed.column]));
  assert.deepEqual(column, { packets: 0, finding: 1, incident: 2, action: 3, result: 4 });
  assert.equal(picture.edges.length, 5);
});

test('a source that is not in the answer is left out', () => {
  const picture = layOutTrace([node('finding', ['capture.pcap'])]);
  assert.deepEqual(picture.edges, []);
  assert.equal(picture.nodes[0]?.column, 0);
});

test('a circle does not hang the console', () => {
  const picture = layOutTrace([node('a', ['b']), node('b', ['a']), node('self', ['self'])]);
  assert.equal(picture.nodes.length, 3);
});

test('a long column is cut and the rest is counted', () => {
  const picture = layOutTrace(Array.from({ length: rowsMax + 9 }, (_, row) => node(`f${row}`, [], row)));
  assert.equal(picture.nodes.length, rowsMax);
  assert.equal(picture.hidden[0]?.count, 9);
  assert.deepEqual(
    picture.nodes.map((placed) => placed.id),
    Array.from({ length: rowsMax }, (_, row) => `f${row}`),
  );
});

test('no two boxes of a random trace overlap, all lie inside the picture, and edges lead to the right', () => {
  const seed = Number(process.env['SEED'] ?? 11);
  const random = createRandom(seed);
  for (let round = 0; round < 50; round += 1) {
    const nodes = Array.from({ length: 1 + random.below(30) }, (_, place) =>
      node(
        `n${place}`,
        Array.from({ length: random.below(4) }, () => `n${random.below(34)}`),
        random.below(1000),
      ),
    );
    const picture = layOutTrace(nodes);
    const place = new Map(picture.nodes.map((placed) => [placed.id, placed]));
    for (const a of picture.nodes) {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + boxWidth <= picture.width && a.y + boxHeight <= picture.height, `seed ${seed}, round ${round}, ${a.id}`);
      for (const b of picture.nodes)
        if (a !== b) assert.ok(Math.abs(a.x - b.x) >= boxWidth || Math.abs(a.y - b.y) >= boxHeight, `seed ${seed}, round ${round}, ${a.id} over ${b.id}`);
    }
    for (const edge of picture.edges) assert.ok((place.get(edge.from)?.x ?? 0) < (place.get(edge.to)?.x ?? 0), `seed ${seed}, round ${round}`);
  }
});
