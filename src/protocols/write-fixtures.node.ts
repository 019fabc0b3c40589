// SPDX-License-Identifier: Apache-2.0
// Rewrites the golden files of all protocols: `node src/protocols/write-fixtures.node.ts`. Read the difference before it is committed.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadFixtures, toGoldenText } from './golden.node.ts';
import { protocols } from './index.ts';

for (const protocol of protocols) {
  const folder = new URL(`./${protocol.name}/fixtures/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  const fixtures = await loadFixtures(protocol.name);
  const names = new Set(fixtures.map((fixture) => `${fixture.name}.jsonl`));
  for (const file of readdirSync(folder)) if (!names.has(file)) rmSync(new URL(file, folder));
  for (const fixture of fixtures) writeFileSync(new URL(`${fixture.name}.jsonl`, folder), toGoldenText(protocol, fixture));
}
