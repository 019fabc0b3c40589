// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the packed package runs as compiled JavaScript, without the sources and with the console', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-package-'));
  try {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    const names: readonly string[] = packed[0].files.map((file: { readonly path: string }) => file.path);
    for (const name of ['dist/programs/shinrai.js', 'console/dist/index.html', 'tools/shinrai.mjs', 'LICENSE', 'README.md', 'README.ja.md'])
      assert.ok(names.includes(name), name);
    assert.deepEqual(
      names.filter((name) => name.endsWith('.ts') || name.includes('fixture') || name.includes('.test.')),
      [],
    );
    execFileSync('tar', ['-xzf', join(folder, packed[0].filename), '-C', folder]);
    symlinkSync(join(root, 'node_modules'), join(folder, 'package', 'node_modules'));
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [join(folder, 'package', 'tools', 'shinrai.mjs'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    assert.match(run('protocols', '--json'), /"name":"modbus"/);
    run('plant', 'record', '--minutes', '1', '--out', join(folder, 'x.pcap'));
    assert.match(run('flows', join(folder, 'x.pcap'), '--json'), /"protocol":"modbus"/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
