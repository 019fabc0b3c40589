// SPDX-License-Identifier: Apache-2.0
// Some registries lack a package's binaries for other platforms; npm then leaves their names out of the lock and `npm ci`
// refuses it on the next machine. This completes the lock with those names (they are optional: nothing is fetched for them here).
// `node tools/lock.mjs` completes, `node tools/lock.mjs --check` exits 1 when something is missing. Runs on any Node from 18.
import { readFileSync, writeFileSync } from 'node:fs';

const lockUrl = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockUrl, 'utf8'));
const systems = { linux: 'linux', darwin: 'darwin', win32: 'win32', android: 'android', freebsd: 'freebsd' };
const processors = ['x64', 'arm64', 'ia32', 'arm'];

/** Folders in which npm would look for a package asked for by `path`, nearest first. */
function lookUp(path, name) {
  const places = [];
  for (let base = path; ; ) {
    places.push(`${base === '' ? '' : `${base}/`}node_modules/${name}`);
    if (base === '') return places;
    base = base.includes('/node_modules/') ? base.slice(0, base.lastIndexOf('/node_modules/')) : '';
  }
}

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lookUp(path, name).some((place) => lock.packages[place] !== undefined)) continue;
    const system = Object.keys(systems).find((word) => name.includes(word));
    const processor = processors.find((word) => name.includes(word));
    lock.packages[`node_modules/${name}`] = {
      version,
      optional: true,
      ...(entry.dev ? { dev: true } : {}),
      ...(system ? { os: [system] } : {}),
      ...(processor ? { cpu: [processor] } : {}),
    };
    added.push(name);
  }
}
if (process.argv.includes('--check')) {
  for (const name of added) process.stderr.write(`shinrai: error: package-lock.json lacks ${name}: run node tools/lock.mjs\n`);
  process.exit(added.length === 0 ? 0 : 1);
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(lockUrl, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stderr.write(`package-lock.json: ${added.length} names added\n`);
