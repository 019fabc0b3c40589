// SPDX-License-Identifier: Apache-2.0

/** Place on the scale, 0 (everything is new) … 1 (ten times below the target); the target itself stands at 0.85. */
export function noveltyPlace(rate: number, target: number): number {
  if (rate >= 1) return 0;
  if (rate <= 0 || target <= 0) return 1;
  const decades = Math.log10(rate) / Math.log10(target);
  if (decades <= 1) return Math.max(0, decades) * 0.85;
  return Math.min(1, 0.85 + Math.log10(target / rate) * 0.15);
}
