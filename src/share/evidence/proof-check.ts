// SPDX-License-Identifier: Apache-2.0
import type { Primitives } from '../../chain/primitives.ts';
import { checkProof, type ProofVerdict } from '../../chain/proof.ts';
import { checkRecord } from './record.ts';

/** Keys that a reader trusts: one or several in text form, separated by spaces or newlines; nothing means none. */
export function splitVkeys(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((key) => key !== '');
}

/**
 * Checks a proof file of this room: the checks of the chain, then that the record is the one the statement names. The same code runs in
 * Node and in the browser. Never throws; see {@link checkProof} for the meaning of the keys.
 */
export async function checkEvidenceProof(text: string, trustedVkeys: readonly string[], primitives: Primitives): Promise<ProofVerdict> {
  const verdict = await checkProof(text, trustedVkeys, primitives);
  if (verdict.proven === undefined) return verdict;
  const { statement, proof } = verdict.proven;
  const record = await checkRecord(statement, proof.detached, primitives.sha256);
  const checks = [...verdict.checks, { name: 'record', ...record } as const];
  if (record.ok) return { ...verdict, checks };
  const { proven: _unproven, ...rest } = verdict;
  return { ...rest, ok: false, checks };
}
