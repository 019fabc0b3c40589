// SPDX-License-Identifier: Apache-2.0
// Makes a checkout ready to run. Needs nothing but some Node from 18 and npm: installs from the lock file when it changed,
// builds the console when its sources changed, and says what is missing. Runs before `npm start` and `npm test`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFolder = join(root, 'node_modules', '.shinrai');

const say = (line) => process.stderr.write(`${line}\n`);
const stop = (message, hint) => {
  say(`shinrai: error: ${message}`);
  if (hint) say(`shinrai: hint: ${hint}`);
  process.exit(3);
};

/** Runs a step at most once for the same inputs: the stamp holds the hash of what the step was made of. */
function once(name, inputs, isThere, step) {
  const hash = hashOf(inputs);
  const stamp = join(stampFolder, name);
  if (isThere() && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  step();
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOf(paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (name !== 'node_modules' && !name.startsWith('dist')) add(join(path, name));
      return;
    }
    hash.update(`\n${path.slice(root.length)}\n`).update(readFileSync(path));
  };
  for (const path of paths) add(join(root, path));
  return hash.digest('hex');
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (result.status === 0) return;
  say(result.stdout ?? '');
  say(result.stderr ?? '');
  stop(`Cannot run "${command} ${args.join(' ')}": it ended with ${result.status ?? result.error?.message}`);
}

const ownNode = () => join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

once(
  'install',
  ['package.json', 'package-lock.json', 'console/package.json'],
  () => existsSync(join(root, 'node_modules', 'fastify')),
  () => {
    say('Installing packages from the lock file (once; about a minute) …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']);
  },
);
if (!existsSync(ownNode())) {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 26)
    stop(
      `Cannot find a Node of 26 or later: none came with the packages for ${process.platform}-${process.arch}, and this one is ${process.version}`,
      'Install Node 26 and run the command again with it',
    );
}
once(
  'console',
  ['console', 'src/platform/i18n', 'src/share/evidence', 'src/chain', 'src/base', 'package-lock.json'],
  () => existsSync(join(root, 'console', 'dist', 'index.html')),
  () => {
    say('Building the console (once after each change) …');
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const [folder, unfinished] = ['dist', 'dist-unfinished'].map((name) => join(root, 'console', name));
    run(existsSync(ownNode()) ? ownNode() : process.execPath, [vite, 'build', '--outDir', unfinished, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: join(root, 'console'),
    });
    // Only a whole build takes the place of the old one: a running server goes on with what it has.
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  },
);
