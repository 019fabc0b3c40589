// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { accept, assert, type Read, refuse, ShinraiError } from '../../base/errors.ts';
import type { Detector } from '../../detectors/detector.ts';
import { Fields } from '../../detectors/ledger.ts';

const format = 'shinrai-norm';
const version = 1;
/** Named limit: characters of a norm.json that is read (262,144 entries of each layer fit). */
export const normCharactersMax = 268_435_456;
const sourcesMax = 1_024;

/** What a norm rests on, beside its entries. */
export interface NormOrigin {
  /** Captures or sensors it was learnt from. */
  readonly from: readonly string[];
  readonly packets: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly noveltyRate: number;
}

/** The norm.json of the detectors: canonical JSON (RFC 8785) with a line end, equal byte for byte for an equal norm. */
export function saveNorm(detectors: readonly Detector[], origin: NormOrigin): string {
  const saved: Record<string, Json> = {};
  for (const detector of detectors) saved[detector.name] = detector.save();
  const whole: Json = { format, version, origin: { ...origin }, detectors: saved };
  return `${canonicalJson(whole)}\n`;
}

/** Short name of a norm, as findings carry it: `norm-` and 16 hexadecimal digits of its SHA-256. */
export function nameNorm(text: string): string {
  return `norm-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/**
 * Loads what `saveNorm` wrote into the detectors. All or nothing: when it is refused the detectors are as they were.
 * The text is attacker-controlled as far as this code knows: who can change the norm decides what is never reported, so keep the file
 * where only the sensor writes.
 */
export function loadNorm(text: string, detectors: readonly Detector[]): Read<NormOrigin> {
  if (text.length > normCharactersMax) return refuse(normCharactersMax, `norm has ${text.length} characters, at most ${normCharactersMax} are read`);
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json; // JSON.parse gives JSON
  } catch (error) {
    return refuse(0, `norm is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
  const before = detectors.map((detector) => detector.save());
  try {
    return accept(take(new Fields(parsed, 'file'), detectors));
  } catch (error) {
    if (!(error instanceof ShinraiError)) throw error;
    for (const [index, detector] of detectors.entries()) {
      const saved = before[index];
      assert(saved !== undefined, 'every detector was saved before');
      detector.load(saved);
    }
    return refuse(0, error.message);
  }
}

function take(file: Fields, detectors: readonly Detector[]): NormOrigin {
  if (file.text('format') !== format) throw new ShinraiError('norm', `Cannot load norm: format must be "${format}"`);
  if (file.count('version', 1) !== version)
    throw new ShinraiError('norm', `Cannot load norm: version is ${file.count('version', 1)}, this program reads ${version}`);
  const origin = file.inner('origin');
  const saved = file.inner('detectors');
  for (const detector of detectors) detector.load(saved.json(detector.name));
  return {
    from: origin.texts('from', sourcesMax),
    packets: origin.count('packets', 0),
    startedMs: origin.number('startedMs'),
    endedMs: origin.number('endedMs'),
    noveltyRate: origin.number('noveltyRate'),
  };
}
