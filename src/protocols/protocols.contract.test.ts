// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../base/random.ts';
import { MessageBatch, type MessageRow } from '../model/message.ts';
import { type Fixture, type GoldenMessage, type PlayedPiece, playFixture, playPieces } from './fixture.ts';
import { loadFixtures, toGoldenText } from './golden.node.ts';
import { findOperation, protocols } from './index.ts';
import { type Carrier, operationClasses, type Protocol, unreadable } from './protocol.ts';
import { textCharactersMax } from './wire-text.ts';

/** What every protocol of the list must keep; a new one needs nothing here. */
const fixturesOf: ReadonlyMap<string, readonly Fixture[]> = new Map(
  await Promise.all(protocols.map(async ({ name }) => [name, await loadFixtures(name)] as const)),
);
const kept = (protocol: Protocol): readonly Fixture[] => fixturesOf.get(protocol.name) ?? [];
const sides = ['client', 'server'] as const;

test('the list holds exactly the folders beside it, each name once', () => {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  assert.deepEqual(protocols.map(({ name }) => name).toSorted(), folders.toSorted());
});

for (const protocol of protocols) {
  test(`${protocol.name}: names its specification in the list and its README, which shows the message form`, () => {
    assert.match(protocol.name, /^[a-z][a-z0-9-]*$/);
    assert.ok(protocol.title.length > 2);
    assert.ok(protocol.specification.length > 8);
    const readme = new URL(`./${protocol.name}/README.md`, import.meta.url);
    assert.ok(existsSync(readme), 'README.md is missing');
    const text = readFileSync(readme, 'utf8');
    for (const word of ['Specification', 'Message form']) assert.ok(text.includes(`## ${word}`), `README.md lacks "## ${word}"`);
  });

  test(`${protocol.name}: its operations have unique names, a class, and techniques that are written as ATT&CK for ICS writes them`, () => {
    const names = protocol.operations.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.length > 0);
    for (const operation of protocol.operations) {
      assert.match(operation.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      assert.ok(operationClasses.includes(operation.class));
      assert.match(operation.technique ?? 'T0800', /^T0\d{3}$/);
      assert.equal(findOperation(protocol.name, operation.name), operation);
    }
    assert.equal(findOperation(protocol.name, 'function-250'), undefined);
  });

  test(`${protocol.name}: its carriers name ports or EtherTypes in range`, () => {
    assert.ok(protocol.carriers.length > 0);
    for (const carrier of protocol.carriers) {
      const hints = carrier.kind === 'frame' ? carrier.etherTypes : carrier.ports;
      assert.equal(new Set(hints).size, hints.length);
      for (const hint of hints) assert.ok(hint >= (carrier.kind === 'frame' ? 0x0600 : 1) && hint <= 0xffff);
    }
  });

  test(`${protocol.name}: every carrier has a fixture, and golden files are what the generator and the decoder give now`, () => {
    const folder = new URL(`./${protocol.name}/fixtures/`, import.meta.url);
    const fixtures = kept(protocol);
    assert.deepEqual(readdirSync(folder).toSorted(), fixtures.map(({ name }) => `${name}.jsonl`).toSorted());
    for (const { kind } of protocol.carriers)
      assert.ok(
        fixtures.some(({ carrier }) => carrier === kind),
        `no fixture for ${kind}`,
      );
    for (const fixture of fixtures) {
      const golden = readFileSync(new URL(`${fixture.name}.jsonl`, folder), 'utf8');
      assert.equal(toGoldenText(protocol, fixture), golden, `${fixture.name}: rewrite with src/protocols/write-fixtures.node.ts and read the difference`);
    }
  });

  test(`${protocol.name}: messages carry functions of its list, and every operation of the list is shown by a fixture`, () => {
    const known = new Set(protocol.operations.map(({ name }) => name));
    const shown = new Set<string>();
    for (const fixture of kept(protocol)) {
      for (const message of playFixture(protocol, fixture)) {
        assert.ok(known.has(message.function) || /^function-\d+$/.test(message.function) || message.function === unreadable, message.function);
        if (message.function === unreadable) assert.match(message.status, /^(malformed|truncated)$/);
        shown.add(message.function);
      }
    }
    assert.deepEqual(
      [...known].filter((name) => !shown.has(name)),
      [],
      'operations that no fixture shows',
    );
  });

  test(`${protocol.name}: a stream gives the same messages wherever it is cut in two, and byte by byte`, () => {
    for (const fixture of kept(protocol).filter(({ carrier }) => carrier === 'stream')) checkCuts(protocol, fixture);
  });

  test(`${protocol.name}: a broken stream gives the same messages wherever it is cut, too`, (context) => {
    const seed = 4711;
    context.diagnostic(`seed ${seed}`);
    checkBrokenCuts(protocol, seed);
  });

  test(`${protocol.name}: recognises its own conversations and no other protocol's`, () => {
    for (const fixture of kept(protocol)) {
      if (fixture.isBroken === true) continue;
      for (const side of sides) checkRecognition(protocol, fixture, side);
    }
  });

  test(`${protocol.name}: what stands in the shared buffer behind a piece makes no difference`, () => {
    for (const fixture of kept(protocol)) {
      for (const { bytes, from } of fixture.pieces) checkBounds(protocol, fixture.carrier, bytes.subarray(0, 400), from === 'client');
    }
  });

  test(`${protocol.name}: random bytes, cut and flipped fixtures never throw, over-consume or overflow`, (context) => {
    const seed = 20_260_701;
    context.diagnostic(`seed ${seed}`);
    attack(protocol, seed);
  });
}

function checkCuts(protocol: Protocol, fixture: Fixture): void {
  const pieces: readonly PlayedPiece[] = fixture.pieces.map((piece, index) => ({ ...piece, packet: index + 1 }));
  const expected = JSON.stringify(playPieces(protocol, 'stream', pieces));
  const play = (cut: readonly PlayedPiece[]): string => JSON.stringify(playPieces(protocol, 'stream', cut));
  const single = pieces.flatMap((piece) =>
    Array.from(piece.bytes, (_, at) => ({ ...piece, bytes: piece.bytes.subarray(at, at + 1), lostBytes: at === 0 ? piece.lostBytes : undefined })),
  );
  // Long pieces take too long byte by byte: their heads say the same.
  if (single.length <= 4000) assert.equal(play(single), expected, `${fixture.name} byte by byte`);
  pieces.forEach((piece, index) => {
    const step = Math.max(1, Math.floor(piece.bytes.length / 150));
    for (let at = 1; at < piece.bytes.length; at += step) {
      const halves = [
        { ...piece, bytes: piece.bytes.subarray(0, at) },
        { ...piece, bytes: piece.bytes.subarray(at), lostBytes: undefined },
      ];
      assert.equal(play(pieces.toSpliced(index, 1, ...halves)), expected, `${fixture.name}: piece ${index} cut at ${at}`);
    }
  });
}

/** Flips bytes of whole conversations, then compares a random cutting with none. */
function checkBrokenCuts(protocol: Protocol, seed: number): void {
  const { below } = createRandom(seed);
  const streams = kept(protocol).filter(({ carrier, pieces }) => carrier === 'stream' && pieces.every(({ bytes }) => bytes.length < 3000));
  for (let round = 0; round < (streams.length > 0 ? 400 : 0); round += 1) {
    const fixture = streams[below(streams.length)] as Fixture; // there is one
    const broken = fixture.pieces.map((piece, index): PlayedPiece => ({ ...piece, packet: index + 1, bytes: flip(piece.bytes, below) }));
    const cut = broken.flatMap((piece): readonly PlayedPiece[] => {
      const at = below(piece.bytes.length + 1);
      return [
        { ...piece, bytes: piece.bytes.subarray(0, at) },
        { ...piece, bytes: piece.bytes.subarray(at), lostBytes: undefined },
      ];
    });
    const expected = JSON.stringify(playPieces(protocol, 'stream', broken));
    assert.equal(JSON.stringify(playPieces(protocol, 'stream', cut)), expected, `${fixture.name}, round ${round}`);
  }
}

function flip(bytes: Uint8Array, below: (limit: number) => number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  if (flipped.length > 0 && below(3) === 0) flipped[below(Math.min(flipped.length, 40))] = below(256);
  if (flipped.length > 0 && below(6) === 0) flipped[below(flipped.length)] = 0;
  return flipped;
}

function checkRecognition(protocol: Protocol, fixture: Fixture, side: 'client' | 'server'): void {
  const first = fixture.pieces.find(({ from, lostBytes }) => from === side && lostBytes === undefined);
  if (first === undefined) return;
  const { bytes } = first;
  const own = protocol.recognise(bytes, 0, bytes.length, side === 'client', fixture.carrier);
  assert.ok(own === 'yes', `${fixture.name}: the ${side}'s first piece is "${own}"`);
  for (let size = 0; size < bytes.length && fixture.carrier === 'stream'; size += 1) {
    const answer = protocol.recognise(bytes, 0, size, side === 'client', 'stream');
    assert.notEqual(answer, 'no', `${fixture.name}: refused after ${size} bytes of the ${side}`);
  }
  for (const other of protocols) {
    if (other === protocol || !other.carriers.some(({ kind }) => kind === fixture.carrier)) continue;
    for (const fromClient of [true, false]) {
      const answer = other.recognise(bytes, 0, bytes.length, fromClient, fixture.carrier);
      assert.equal(answer, 'no', `${other.name} takes ${protocol.name}/${fixture.name} (${side}) for its own`);
    }
  }
}

/** The rest of the message itself is the most misleading thing that can stand behind its cut form. */
function checkBounds(protocol: Protocol, kind: Carrier['kind'], bytes: Uint8Array, fromClient: boolean): void {
  const out = new MessageBatch();
  for (let size = 0; size < bytes.length; size += 1) {
    const alone = bytes.slice(0, size);
    assert.equal(protocol.recognise(bytes, 0, size, fromClient, kind), protocol.recognise(alone, 0, size, fromClient, kind), `recognised ${size} bytes`);
    const [embedded, apart] = [bytes, alone].map((whole) => {
      out.reset();
      const consumed = protocol.createDecoder(kind).decode({ bytes: whole, start: 0, end: size, packet: 1, atMs: 0, flow: 0, fromClient }, out);
      return JSON.stringify([consumed, out.rows.slice(0, out.count), [...out.values.subarray(0, out.valueCount)], out.texts.slice(0, out.textCount)]);
    });
    assert.equal(embedded, apart, `decoded ${size} bytes`);
  }
}

/** A decoder under attack: what it may at most make of the bytes it is offered. */
function attack(protocol: Protocol, seed: number): void {
  const random = createRandom(seed);
  const out = new MessageBatch();
  for (const { kind } of protocol.carriers) {
    const seeds = kept(protocol).filter(({ carrier }) => carrier === kind);
    for (let round = 0; round < 2500; round += 1) {
      const decoder = protocol.createDecoder(kind);
      for (let step = 0; step < 3; step += 1) {
        const bytes = mutate(seeds, random.below, round);
        const fromClient = random.below(2) === 0;
        out.reset();
        protocol.recognise(bytes, 0, bytes.length, fromClient, kind);
        const consumed = decoder.decode({ bytes, start: 0, end: bytes.length, packet: 1, atMs: 0, flow: 0, fromClient }, out);
        assert.ok(Number.isInteger(consumed) && consumed >= 0 && consumed <= bytes.length, `consumed ${consumed} of ${bytes.length}`);
        assert.ok(out.count <= 1 + bytes.length, `${out.count} messages from ${bytes.length} bytes`);
        // One bit a value at most (coils), and the few fixed ones.
        assert.ok(out.valueCount <= 16 + bytes.length * 8, `${out.valueCount} values from ${bytes.length} bytes`);
        for (let index = 0; index < out.count; index += 1) checkRow(out.rows[index] as MessageRow, out); // index < count
        if (random.below(8) === 0) decoder.skip?.(fromClient, random.below(5000));
      }
      decoder.isLost?.();
    }
  }
}

function checkRow(row: MessageRow, out: MessageBatch): void {
  assert.ok(row.functionName !== '' && row.object.length <= textCharactersMax, row.functionName);
  for (let index = row.textFirst; index < row.textFirst + row.textCount; index += 1) {
    const text = out.texts[index] ?? '';
    assert.ok(text.length <= textCharactersMax + 32, `text of ${text.length} characters`);
    assert.match(text, safe, 'a text carries what must not be shown');
  }
  assert.match(row.object, safe);
}

/** No control or format characters, no lone surrogates, no private use. */
const safe = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

function mutate(seeds: readonly Fixture[], below: (limit: number) => number, round: number): Uint8Array {
  if (round % 4 === 0) return Uint8Array.from({ length: below(300) }, () => below(256));
  const fixture = seeds[below(seeds.length)] as Fixture; // every carrier has one
  const piece = fixture.pieces[below(fixture.pieces.length)];
  const bytes = Uint8Array.from((piece?.bytes ?? new Uint8Array(0)).subarray(0, 2000));
  if (round % 4 === 1) return bytes.subarray(0, below(bytes.length + 1));
  for (let count = below(6); count >= 0 && bytes.length > 0; count -= 1) bytes[below(bytes.length)] = below(256);
  return bytes;
}

test('every kind of carrier that the contract names is judged by the same rules: a golden file is read back as the messages it was made of', () => {
  const kinds = new Set<Carrier['kind']>(protocols.flatMap(({ carriers }) => carriers.map(({ kind }) => kind)));
  assert.deepEqual([...kinds].toSorted(), ['datagram', 'frame', 'stream']);
  for (const protocol of protocols) {
    for (const fixture of kept(protocol)) {
      const lines = toGoldenText(protocol, fixture)
        .split('\n')
        .filter((line) => line.startsWith('  '));
      assert.deepEqual(
        lines.map((line): GoldenMessage => JSON.parse(line)),
        playFixture(protocol, fixture),
      );
    }
  }
});
