// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkProofInBrowser } from './browser-check.ts';

/** Every file that is loaded with this one, types left out, as the browser's bundler follows them. */
function collectImports(file: URL, seen: Map<string, readonly string[]>): void {
  if (seen.has(file.href)) return;
  const names = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gms)].map((match) => match[1] ?? '');
  seen.set(file.href, names);
  for (const name of names.filter((path) => path.startsWith('.'))) collectImports(new URL(name, file), seen);
}

test('the check of the browser loads nothing but files of this project that know no Node', () => {
  const seen = new Map<string, readonly string[]>();
  collectImports(new URL('./browser-check.ts', import.meta.url), seen);
  assert.ok(seen.size >= 8, [...seen.keys()].join());
  for (const [file, names] of seen) {
    assert.deepEqual(
      names.filter((name) => !name.startsWith('.')),
      [],
      file,
    );
    assert.doesNotMatch(file, /\.node\.ts$/);
    assert.doesNotMatch(readFileSync(new URL(file), 'utf8'), /\b(Buffer|process|require)\b[.(]/, file);
  }
});

for (const text of ['', 'null', '[]', '{"format":"https://shinrai.dev/proof/v1"}', '\u0000', '{"format":1e999}']) {
  test(`the check of the browser refuses ${JSON.stringify(text)} with a reason and no exception`, async () => {
    const verdict = await checkProofInBrowser(text);
    assert.deepEqual([verdict.ok, verdict.checks.length, verdict.checks[0]?.name], [false, 1, 'form']);
  });
}
