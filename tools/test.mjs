// SPDX-License-Identifier: Apache-2.0
// Everything that must hold before a change lands: lock file, generated files, format and lint, types, and all tests.
// `npm test`; `node tools/test.mjs --only checks|tests [part of a path …]`. With SHINRAI_NO_SKIP=1 a skipped test is a failure (CI).
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const args = process.argv.slice(2);
const only = args[0] === '--only' ? args[1] : undefined;
const parts = only === undefined ? args : args.slice(2);

function step(title, command, stepArgs, options = {}) {
  const startMs = Date.now();
  process.stderr.write(`── ${title} `);
  const result = spawnSync(command, stepArgs, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  process.stderr.write(`${result.status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startMs) / 1000).toFixed(1)} s)\n`);
  if (result.status === 0) return true;
  process.stdout.write(result.stdout ?? '');
  process.stderr.write(result.stderr ?? '');
  return false;
}

function findTests(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist') found.push(...findTests(path));
    else if (/\.test\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

function runChecks() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  return [
    step('lock file is complete', process.execPath, [join(root, 'tools', 'lock.mjs'), '--check']),
    step('generated files are current', node, ['--disable-warning=ExperimentalWarning', join(root, 'tools', 'generate.ts'), '--check']),
    step('format and lint', node, [biome, 'check', '--error-on-warnings', '.']),
    step('types', node, [tsc, '-p', '.']),
    step('types of the console', node, [tsc, '-p', 'console']),
  ].every(Boolean);
}

/** Runs the tests with their output shown; answers whether they hold (and, for CI, that none was skipped). */
function runTests() {
  const files = ['src', 'test', 'console'].flatMap((name) => findTests(join(root, name)));
  const chosen = files.map((path) => relative(root, path)).filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));
  const result = spawnSync(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      '--test',
      '--test-concurrency=2',
      '--test-timeout=600000',
      '--test-reporter=dot',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      '--test-reporter-destination=stderr',
      ...chosen,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  const tap = result.stderr ?? '';
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(tap)?.[1] ?? 0);
  process.stdout.write('\n');
  const lines = tap.split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^\s*ok .* # SKIP/.test(line)) process.stdout.write(`skipped: ${line.trim().replace(/^ok \d+ - /, '')}\n`);
    if (/^\s*not ok /.test(line)) process.stdout.write(`${lines.slice(index, index + 40).join('\n')}\n`);
  }
  process.stdout.write(`${count('pass')} passed, ${count('fail') + count('cancelled')} failed, ${count('skipped')} skipped\n`);
  if (process.env.SHINRAI_NO_SKIP === '1' && count('skipped') > 0) {
    process.stderr.write('shinrai: error: tests were skipped where none may be (SHINRAI_NO_SKIP=1)\n');
    return false;
  }
  return result.status === 0 && count('pass') > 0;
}

const checksHold = only === 'tests' || runChecks();
const testsHold = only === 'checks' || runTests();
process.exit(checksHold && testsHold ? 0 : 1);
