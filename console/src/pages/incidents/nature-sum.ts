// SPDX-License-Identifier: Apache-2.0
import type { Cause } from '../../app/api.ts';

/** Probabilities of the causes added by nature, the greatest first; natures without a cause are left out. */
export function sumByNature(causes: readonly Pick<Cause, 'nature' | 'probability'>[]): readonly { readonly nature: Cause['nature']; readonly share: number }[] {
  const sums = new Map<Cause['nature'], number>();
  for (const cause of causes) sums.set(cause.nature, (sums.get(cause.nature) ?? 0) + cause.probability);
  return [...sums].map(([nature, share]) => ({ nature, share: Math.min(1, share) })).sort((a, b) => b.share - a.share);
}
