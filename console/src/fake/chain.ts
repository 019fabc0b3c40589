// SPDX-License-Identifier: Apache-2.0
import { concatBytes, readUint32, toHex, toUtf8 } from '../../../src/base/bytes.ts';
import { canonicalJson, type Json } from '../../../src/base/canonical-json.ts';
import { toBase64 } from '../../../src/chain/base64.ts';
import { formatCheckpoint } from '../../../src/chain/checkpoint.ts';
import { signEnvelope } from '../../../src/chain/dsse.ts';
import { leafInput, nodeInput } from '../../../src/chain/merkle.ts';
import type { Signer } from '../../../src/chain/primitives.ts';
import { formatProof } from '../../../src/chain/proof.ts';
import { signNote } from '../../../src/chain/signed-note.ts';
import { formatStatement, statementPayloadType, statementType } from '../../../src/chain/statement.ts';
import type { EvidenceEntry } from '../app/api.ts';

const origin = 'fake.example/evidence';
type Statement = {
  readonly _type: string;
  readonly subject: { name: string; digest: Record<string, string> }[];
  readonly predicateType: string;
  readonly predicate: Json;
};

/** A small log in memory with a real key: its proofs hold in the console's own check. Signing is done when a proof is asked for. */
export interface FakeChain {
  readonly entries: readonly EvidenceEntry[];
  append(about: string, name: string, from: readonly string[], atMs: number, summary: string, record: Json): void;
  statement(index: number): Promise<Statement>;
  vkey(): Promise<string>;
  root(): Promise<string>;
  proof(index: number): Promise<string>;
}

export function createFakeChain(): FakeChain {
  const entries: EvidenceEntry[] = [];
  const records: Json[] = [];
  const signed: Promise<Uint8Array>[] = [];
  const signer = createSigner();
  const statement = async (index: number): Promise<Statement> => {
    const entry = entries[index];
    const record = records[index];
    if (entry === undefined || record === undefined) throw new Error('Cannot read the fake chain: no such entry');
    const { about, atMs, from, summary, name } = entry;
    const digest = { sha256: toHex(await sha256(toUtf8(canonicalJson(record)))) };
    return {
      _type: statementType,
      subject: [{ name, digest }],
      predicateType: `https://shinrai.dev/evidence/${about}/v1`,
      predicate: { about, atMs, from, summary, record },
    };
  };
  const leaves = async (): Promise<readonly Uint8Array[]> => {
    for (let index = signed.length; index < entries.length; index += 1) {
      signed.push(Promise.all([signer, statement(index)]).then(([by, said]) => signEnvelope(statementPayloadType, formatStatement(said), [by])));
    }
    return Promise.all(signed);
  };
  const hashes = async (): Promise<readonly Uint8Array[]> => Promise.all((await leaves()).map((leaf) => sha256(leafInput(leaf))));
  return {
    entries,
    append: (about, name, from, atMs, summary, record) => {
      const index = entries.length;
      entries.push({ id: `evd-${String(index).padStart(4, '0')}fake00000000`, index, atMs, about, name, from: [...from], summary });
      records.push(record);
    },
    statement,
    vkey: async () => (await signer).vkey,
    root: async () => toBase64(await rootOf(await hashes())),
    proof: async (index) => {
      const all = await leaves();
      const tree = await hashes();
      const by = await signer;
      const entry = all[index];
      if (entry === undefined) throw new Error('Cannot prove an entry of the fake chain: no such entry');
      const checkpoint = await signNote(formatCheckpoint({ origin, size: all.length, root: await rootOf(tree) }), [by]);
      return formatProof({ index, entry, path: await pathOf(index, tree), checkpoint, keys: [by.vkey] });
    },
  };
}

/** Source: RFC 6962, section 2.1. */
async function rootOf(hashes: readonly Uint8Array[]): Promise<Uint8Array> {
  const [only] = hashes;
  if (only === undefined) return sha256(new Uint8Array());
  if (hashes.length === 1) return only;
  const half = splitOf(hashes.length);
  return sha256(nodeInput(await rootOf(hashes.slice(0, half)), await rootOf(hashes.slice(half))));
}
/** Source: RFC 6962, section 2.1.1. */
async function pathOf(index: number, hashes: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  if (hashes.length <= 1) return [];
  const half = splitOf(hashes.length);
  if (index < half) return [...(await pathOf(index, hashes.slice(0, half))), await rootOf(hashes.slice(half))];
  return [...(await pathOf(index - half, hashes.slice(half))), await rootOf(hashes.slice(0, half))];
}
function splitOf(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1);
}

async function createSigner(): Promise<Signer> {
  // A pair is what WebCrypto gives for Ed25519; its types know only that it may also be a single key.
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = concatBytes([new Uint8Array([1]), new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))]);
  const id = (await sha256(concatBytes([toUtf8(`${origin}\n`), key]))).slice(0, 4);
  return {
    name: origin,
    vkey: `${origin}+${toHex(id)}+${toBase64(key)}`,
    keyId: readUint32(id, 0),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, new Uint8Array(message))),
  };
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
}
