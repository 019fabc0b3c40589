// SPDX-License-Identifier: Apache-2.0
import { parseEnvelope } from '../../chain/dsse.ts';
import type { Proof } from '../../chain/proof.ts';
import { parseStatement } from '../../chain/statement.ts';
import type { Statement } from '../../model/evidence.ts';
import { readPredicate } from './record.ts';

/** Files of an evidence folder. */
export const evidenceFiles = { log: 'log', records: 'records', key: 'signing.key', vkey: 'signing.vkey' } as const;

/** A proof of a logged entry, with its record where that lies outside; `getDetached` finds that by its SHA-256. */
export async function createProof(
  logged: { readonly index: number; readonly entry: Uint8Array; readonly path: readonly Uint8Array[]; readonly checkpoint: { readonly note: string } },
  vkey: string,
  getDetached: (sha256: string) => Promise<string | undefined>,
): Promise<Proof> {
  const { index, entry, path, checkpoint } = logged;
  const proof = { index, entry, path, checkpoint: checkpoint.note, keys: [vkey] };
  const statement = readStatement(entry);
  if (statement === undefined || readPredicate(statement)?.record !== undefined) return proof;
  const text = await getDetached(statement.subject[0]?.digest['sha256'] ?? '');
  return text === undefined ? proof : { ...proof, detached: text };
}

/** The statement in an entry, unverified; undefined when it holds none. */
export function readStatement(entry: Uint8Array): Statement | undefined {
  const envelope = parseEnvelope(entry);
  const statement = envelope.ok ? parseStatement(envelope.value.payload) : envelope;
  return statement.ok ? statement.value : undefined;
}
