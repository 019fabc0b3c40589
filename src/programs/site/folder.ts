// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ShinraiError } from '../../base/errors.ts';
import { initEvidence } from '../../share/evidence/evidence.node.ts';
import type { Settings } from '../api/site.ts';
import { createCertificates } from './certificates.ts';
import { type Configuration, parseConfiguration } from './configuration.ts';
import { places } from './places.ts';

export interface SiteFolder {
  readonly path: string;
  readonly configuration: Configuration;
  at(place: keyof typeof places): string;
}

export const defaultSettings: Settings = { siteName: 'Shinrai', language: 'ja', timeZone: 'Asia/Tokyo', responseLimitMinutes: 30, packetsKeepMegabytes: 512 };

/**
 * Creates the folder of a site with its keys, certificates and empty chain; the state database is made at the first start.
 * Refuses with `site` when the folder already holds a site: nothing precious is overwritten.
 */
export async function initSite(path: string, configuration: Configuration, settings: Settings): Promise<SiteFolder> {
  if (existsSync(join(path, places.configuration)))
    throw new ShinraiError('site', `Cannot create a site in "${path}": there is one already`, { hint: 'shinrai start --data opens it' });
  await mkdir(join(path, 'keys'), { recursive: true, mode: 0o700 });
  await mkdir(join(path, 'tls'), { recursive: true, mode: 0o700 });
  for (const place of ['packets', 'streams'] as const) await mkdir(join(path, places[place]), { recursive: true, mode: 0o700 });
  if (!existsSync(join(path, places.evidence))) await initEvidence(join(path, places.evidence), configuration.origin);
  const certificates = await createCertificates(['localhost', '127.0.0.1', '::1', configuration.listen.address]);
  await writeDurably(join(path, places.authority), certificates.authority);
  await writeDurably(join(path, places.certificate), certificates.certificate);
  await writeDurably(join(path, places.certificateKey), certificates.key);
  await writeDurably(join(path, places.settings), `${JSON.stringify(settings, null, 2)}\n`);
  // Last: a folder with this file is a whole site. A crash before leaves one that `init` completes.
  await writeDurably(join(path, places.configuration), `${JSON.stringify(configuration, null, 2)}\n`);
  return openSite(path);
}

/** Opens the folder of a site. Refuses with `site` when there is none: a misspelt path creates nothing. */
export async function openSite(path: string): Promise<SiteFolder> {
  const file = join(path, places.configuration);
  if (!existsSync(file))
    throw new ShinraiError('site', `Cannot open a site in "${path}": ${places.configuration} is missing`, {
      hint: 'shinrai init creates a site; shinrai start --demo makes a demonstration',
    });
  const configuration = parseConfiguration(await readFile(file, 'utf8'), file);
  return { path, configuration, at: (place) => join(path, places[place]) };
}

/** Replaces a file as a whole: after a crash there is the old or the new one, never a half. Mode 0600. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Settings that people changed in the console, or the defaults for what is missing. */
export async function readSettings(folder: SiteFolder): Promise<Settings> {
  if (!existsSync(folder.at('settings'))) return defaultSettings;
  const saved: Partial<Settings> = JSON.parse(await readFile(folder.at('settings'), 'utf8'));
  return { ...defaultSettings, ...saved };
}
