// SPDX-License-Identifier: Apache-2.0
// Makes the published form: compiled JavaScript in dist/ beside the built console. `npm pack` calls it.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const [dist, unfinished] = ['dist', 'dist-unfinished'].map((name) => join(root, name));

rmSync(unfinished, { recursive: true, force: true });
const compiled = spawnSync(node, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', unfinished], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0 || !existsSync(join(unfinished, 'programs', 'shinrai.js'))) {
  process.stderr.write('shinrai: error: Cannot build: the compiler has refused the sources\n');
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
renameSync(unfinished, dist);
process.stderr.write('Built dist/\n');
