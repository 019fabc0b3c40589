// SPDX-License-Identifier: Apache-2.0
// Our flow list against tshark's conversations, over every capture of the shared data. What differs, and why, is in README.md.
// sharkd is the same program as tshark -z conv,tcp -z conv,udp, serving one capture after the other: no start of a process for each, and exact sizes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { needsShared, sharedPath } from '../../../test/shared.ts';
import { protocols } from '../../protocols/index.ts';
import { openCapture } from '../capture/capture-file.node.ts';
import { createTraffic } from './traffic.ts';

const areas = ['ot-traffic', 'attack-detection'];
const skip =
  areas.map(needsShared).find((reason) => reason !== false) ??
  (spawnSync('sharkd', ['--version']).error === undefined ? false : 'needs sharkd (Debian: tshark)');

/** Captures whose TCP rows or UDP rows differ for a known reason: this many rows of ours that tshark does not have. */
const known: Readonly<Record<string, { readonly reason: string; readonly rows: number }>> = {
  'ot-traffic/nDPI/pcap/ajp.pcap': { reason: 'tshark takes the last 4 bytes of a FabricPath frame for its check sequence', rows: 1 },
  'ot-traffic/tcpdump-malformed/beep-oobr.pcap': { reason: 'the capture ends inside the TCP options: tshark drops the packet, we count it', rows: 1 },
};

/** An endpoint of a conversation and what it sent. */
interface End {
  readonly address: string;
  readonly port: number;
  readonly frames: number;
  readonly bytes: number;
}
interface Row {
  readonly kind: string;
  readonly ends: readonly [End, End];
}

function listCaptures(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(cap|pcapng)(\.gz)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What sharkd answers to a tap, as far as it is read here. Source: epan's conversation taps as written by sharkd_session.c. */
interface Tap {
  readonly convs: readonly Readonly<Record<'saddr' | 'daddr' | 'sport' | 'dport', string> & Record<'rxf' | 'rxb' | 'txf' | 'txb', number>>[];
  readonly proto: string;
}

/**
 * A sharkd that answers one question after the other: the rows of a capture. About a capture that is cut short it says nothing, but it has
 * read it; one that it cannot open has no rows.
 */
function openSharkd(): { read(path: string): Promise<readonly Row[]>; close(): void } {
  const child = spawn('sharkd', ['-'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = (method: string, params: Readonly<Record<string, string>>): number => {
    id += 1;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return id;
  };
  return {
    read: async (path) => {
      const loadId = ask('load', { file: path });
      const tapId = ask('tap', { tap0: 'conv:TCP', tap1: 'conv:UDP' });
      let isOpen = true;
      for (;;) {
        const line = await lines.next();
        assert.ok(line.done !== true, `sharkd ended at ${path}`);
        const answer = JSON.parse(line.value) as { readonly id: number; readonly error?: unknown; readonly result?: { readonly taps?: readonly Tap[] } }; // its own output
        if (answer.id === loadId) isOpen = answer.error === undefined;
        if (answer.id === tapId) return isOpen ? (answer.result?.taps ?? []).flatMap(toRows) : [];
      }
    },
    close: () => child.stdin.end(),
  };
}

function toRows({ convs, proto }: Tap): readonly Row[] {
  return convs.map((conv) => ({
    kind: proto.toLowerCase(),
    ends: [
      { address: conv.saddr, port: Number(conv.sport), frames: conv.txf, bytes: conv.txb },
      { address: conv.daddr, port: Number(conv.dport), frames: conv.rxf, bytes: conv.rxb },
    ],
  }));
}

async function readOurs(path: string): Promise<readonly Row[]> {
  const traffic = createTraffic({ protocols });
  const source = await openCapture(path);
  for await (const batch of source.batches()) traffic.observe(batch);
  traffic.finish();
  return Array.from({ length: traffic.flows.count }, (_, row) => traffic.flows.read(row))
    .filter((flow) => flow.transport === 'tcp' || flow.transport === 'udp')
    .map((flow) => ({
      kind: flow.transport,
      ends: [
        { address: flow.clientAddress, port: flow.clientPort ?? 0, frames: flow.clientPackets, bytes: flow.clientBytes },
        { address: flow.serverAddress, port: flow.serverPort ?? 0, frames: flow.serverPackets, bytes: flow.serverBytes },
      ],
    }));
}

const textOf = ({ address, port, frames, bytes }: End): string => `${address}:${port} ${frames} frames ${bytes} bytes`;
const textOfRow = ({ kind, ends }: Row): string => `${kind} ${ends.map(textOf).sort().join(' | ')}`;
const pairOf = ({ ends }: Row): string =>
  ends
    .map(({ address, port }) => `${address}:${port}`)
    .sort()
    .join(' ');
const sizeOf = ({ ends: [a, b] }: Row): string => `${a.frames + b.frames} frames ${a.bytes + b.bytes} bytes`;

/** Rows of ours that tshark does not have, after joining UDP rows that its dissectors split. Throws nothing; says where only the sums differ. */
function compare(theirs: readonly Row[], ours: readonly Row[]): readonly string[] {
  const left = new Map<string, number>();
  const joined = new Map<string, Row>();
  for (const row of theirs) {
    left.set(textOfRow(row), (left.get(textOfRow(row)) ?? 0) + 1);
    if (row.kind !== 'udp') continue;
    const [a, b] = joined.get(pairOf(row))?.ends ?? [undefined, undefined];
    const add = (end: End, sum: End | undefined): End => ({ ...end, frames: end.frames + (sum?.frames ?? 0), bytes: end.bytes + (sum?.bytes ?? 0) });
    joined.set(pairOf(row), { kind: row.kind, ends: [add(row.ends[0], a), add(row.ends[1], b)] });
  }
  const missing = ours.filter((row) => {
    const text = textOfRow(row);
    const count = left.get(text) ?? 0;
    if (count > 0) {
      left.set(text, count - 1);
      return false;
    }
    const sum = joined.get(pairOf(row));
    return row.kind !== 'udp' || sum === undefined || sizeOf(sum) !== sizeOf(row);
  });
  const frames = (rows: readonly Row[]): number => rows.reduce((sum, { ends: [a, b] }) => sum + a.frames + b.frames, 0);
  if (missing.length === 0 && frames(ours) !== frames(theirs)) return [`${frames(theirs)} frames in tshark's rows, ${frames(ours)} in ours`];
  return missing.map(textOfRow);
}

test('the flow list agrees with the conversations of tshark on every shared capture', { skip }, async (context) => {
  const root = sharedPath('.') as string; // not skipped: it is there
  const captures = areas.flatMap((area) => listCaptures(join(root, area)));
  assert.ok(captures.length > 300, `found ${captures.length} captures`);
  const sharkd = openSharkd();
  const wrong: string[] = [];
  let rowsCompared = 0;
  for (const path of captures) {
    const name = relative(root, path);
    const theirs = await sharkd.read(path);
    rowsCompared += theirs.length;
    const rows = compare(theirs, await readOurs(path));
    const expected = known[name];
    if (expected === undefined ? rows.length > 0 : rows.filter((row) => row.includes('|')).length !== expected.rows) wrong.push(`${name}: ${rows.join('; ')}`);
  }
  sharkd.close();
  context.diagnostic(`${captures.length} captures, ${rowsCompared} rows, ${Object.keys(known).length} captures with known differences`);
  assert.deepEqual(wrong, []);
});
