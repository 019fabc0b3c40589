// SPDX-License-Identifier: Apache-2.0
// The rules of this house (STYLE.md), as tests. Improve a rule here rather than going round it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const roomHeadings = ['Purpose', 'In and out', 'Trust', 'Try it', 'Files'];

/** Floors from the ground up. A file may import from its own room and from lower floors only. */
const floors = ['base', 'model', 'kinds', 'platform', 'rooms', 'programs'] as const;
const kinds = ['protocols', 'detectors', 'exporters', 'actions', 'attacks', 'plant', 'chain'];
const wings = ['prove', 'share', 'watch', 'prepare', 'observe'];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly target: string; readonly isType: boolean }[];
}

function listFiles(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' || entry.name === 'generated' ? [] : listFiles(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
}

function readSource(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(/^(import|export) (type )?[^;]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gms)].map((match) => ({
    target: match[3] ?? match[4] ?? match[5] ?? '',
    isType: match[2] !== undefined,
  }));
  return { path: relative(root, path), text, imports };
}

const sources = listFiles(join(root, 'src'), /\.ts$/).map(readSource);
const products = sources.filter((source) => !/\.(test|fuzz|bench)\.ts$/.test(source.path) && !source.path.includes('/fixtures/'));

/** `src/watch/norm/x.ts` → floor `rooms`, room `watch/norm`. */
function placeOf(path: string): { readonly floor: number; readonly room: string } {
  const [, first = '', second = ''] = path.split('/');
  if (first === 'base' || first === 'model') return { floor: floors.indexOf(first), room: first };
  if (kinds.includes(first)) return { floor: floors.indexOf('kinds'), room: first };
  if (first === 'platform') return { floor: floors.indexOf('platform'), room: 'platform' };
  if (wings.includes(first)) return { floor: floors.indexOf('rooms'), room: `${first}/${second}` };
  if (first === 'line.ts') return { floor: floors.indexOf('kinds') + 0.5, room: 'line' };
  return { floor: floors.indexOf('programs'), room: 'programs' };
}

function targetOf(source: Source, target: string): string | undefined {
  return target.startsWith('.') ? relative(root, resolve(root, dirname(source.path), target)) : undefined;
}

test('imports go down the floors, never up and never sideways', () => {
  const wrong: string[] = [];
  for (const source of products) {
    const from = placeOf(source.path);
    for (const { target } of source.imports) {
      const path = targetOf(source, target);
      if (path === undefined) continue;
      if (!path.startsWith('src/')) wrong.push(`${source.path} leaves src: ${target}`);
      const to = placeOf(path);
      if (to.floor > from.floor || (to.floor === from.floor && to.room !== from.room)) wrong.push(`${source.path} → ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('no file imports itself through others, types included', () => {
  const edges = new Map(
    products.map((source) => [source.path, source.imports.map(({ target }) => targetOf(source, target)).filter((path) => path !== undefined)]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
});

test('base, model and the kinds depend on nothing but Node', () => {
  const wrong = products
    .filter((source) => placeOf(source.path).floor <= floors.indexOf('kinds'))
    .flatMap((source) =>
      source.imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:')).map(({ target }) => `${source.path}: ${target}`),
    );
  assert.deepEqual(wrong, []);
});

test('only *.node.ts, store.node.ts and programs touch files, sockets, processes and threads', () => {
  const world = /^node:(fs|fs\/promises|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster|sqlite|readline|os|process)$/;
  const wrong = products
    .filter((source) => !source.path.endsWith('.node.ts') && placeOf(source.path).floor !== floors.indexOf('programs'))
    .flatMap((source) => source.imports.filter(({ target, isType }) => !isType && world.test(target)).map(({ target }) => `${source.path}: ${target}`));
  assert.deepEqual(wrong, []);
});

test('only store.node.ts files hold SQL', () => {
  const sql = /\b(selectFrom|insertInto|updateTable|deleteFrom|createTable)\(|sql`/;
  const wrong = products
    .filter((source) => sql.test(source.text) && basename(source.path) !== 'store.node.ts' && !source.path.startsWith('src/platform/'))
    .map((source) => source.path);
  assert.deepEqual(wrong, []);
});

test('clock, randomness and output are passed in', () => {
  const banned: readonly [RegExp, readonly string[]][] = [
    [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, ['src/base/clock.ts']],
    [/\bMath\.random\(/, []],
    [/\bconsole\.(log|error|warn|info|debug)\(/, []],
    [/\bprocess\.(stdout|stderr)\b/, ['src/programs/terminal.ts']],
  ];
  const wrong = products.flatMap((source) =>
    banned
      .filter(([pattern, homes]) => pattern.test(withoutComments(source.text)) && !homes.includes(source.path))
      .map(([pattern]) => `${source.path}: ${pattern.source}`),
  );
  assert.deepEqual(wrong, []);
});

test('every source file begins with its licence and holds at most 400 lines', () => {
  const all = [
    ...sources,
    ...listFiles(join(root, 'console/src'), /\.tsx?$/).map(readSource),
    ...listFiles(join(root, 'test'), /\.ts$/).map(readSource),
    ...listFiles(join(root, 'bench'), /\.ts$/).map(readSource),
  ];
  const wrong = all.flatMap((source) => {
    const lines = source.text.split('\n');
    const licence = lines[0] === '// SPDX-License-Identifier: Apache-2.0' ? [] : [`${source.path}: no licence line`];
    return lines.length - 1 > 400 ? [...licence, `${source.path}: ${lines.length - 1} lines`] : licence;
  });
  assert.deepEqual(wrong, []);
});

test('programs only wire: at most 150 lines each', () => {
  const wrong = products
    .filter((source) => source.path.startsWith('src/programs/') && source.text.split('\n').length - 1 > 150)
    .map((source) => `${source.path}: ${source.text.split('\n').length - 1}`);
  assert.deepEqual(wrong, []);
});

test('the way of data fits on one screen', () => {
  const line = products.find((source) => source.path === 'src/line.ts');
  assert.ok(line !== undefined, 'src/line.ts is missing');
  assert.ok(line.text.split('\n').length <= 61, 'src/line.ts is longer than 60 lines');
});

test('no type is escaped from: no any, no ts-ignore, no default export, no barrel', () => {
  const wrong = products.flatMap((source) => {
    const code = withoutComments(source.text);
    const found = [
      /\bas any\b|: any\b|<any>/.test(code) && 'any',
      /@ts-(ignore|expect-error|nocheck)/.test(source.text) && 'ts-ignore',
      /^export default/m.test(code) && 'default export',
      /^export \*/m.test(code) && 'barrel',
    ];
    return found.filter((word) => word !== false).map((word) => `${source.path}: ${word}`);
  });
  assert.deepEqual(wrong, []);
});

test('public functions say what they do', () => {
  const wrong = products
    .filter((source) => placeOf(source.path).floor >= floors.indexOf('kinds') && !/routes\.ts$|\/i18n\/|programs\/commands\//.test(source.path))
    .flatMap((source) =>
      [...source.text.matchAll(/(^|\n)([^\n]*)\nexport (?:async )?function\*? (\w+)/g)]
        .filter((match) => !/\*\/\s*$/.test(match[2] ?? ''))
        .map((match) => `${source.path}: ${match[3]}`),
    );
  assert.deepEqual(wrong, []);
});

test('rooms hold at most 25 files and a README with the five headings', () => {
  const rooms = [
    ...new Set(
      products
        .map((source) => dirname(source.path))
        .filter((folder) => wings.some((wing) => folder.startsWith(`src/${wing}/`)) && folder.split('/').length === 3),
    ),
  ];
  const houses = [...rooms, 'src/chain', 'src/plant', 'src/platform/store', 'src/platform/bus', 'src/platform/http', 'src/platform/accounts'];
  const wrong = houses.flatMap((folder) => {
    const readme = join(root, folder, 'README.md');
    if (!existsSync(readme)) return [`${folder}: no README.md`];
    const headings = [...readFileSync(readme, 'utf8').matchAll(/^## (.+)$/gm)].map((match) => match[1] ?? '');
    const missing = roomHeadings.filter((heading) => !headings.includes(heading));
    const files = readdirSync(join(root, folder)).filter((name) => /\.ts$/.test(name) && !/\.test\.ts$/.test(name)).length;
    return [...(missing.length > 0 ? [`${folder}/README.md lacks ${missing.join(', ')}`] : []), ...(files > 25 ? [`${folder}: ${files} files`] : [])];
  });
  assert.deepEqual(wrong, []);
});

test('files have kebab-case names', () => {
  const wrong = sources.filter((source) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(basename(source.path))).map((source) => source.path);
  assert.deepEqual(wrong, []);
});

test('no test is left marked only or todo, and nothing names a machine', () => {
  const wrong = [...sources, ...listFiles(join(root, 'test'), /\.ts$/).map(readSource), ...listFiles(join(root, 'docs'), /\.md$/).map(readSource)].flatMap(
    (source) => {
      const marks = /\b(test|it|describe)\.(only|todo)\(/.test(source.text) ? [`${source.path}: only/todo`] : [];
      return /\/(work|farm|home)\//.test(source.text) ? [...marks, `${source.path}: a path of a machine`] : marks;
    },
  );
  assert.deepEqual(wrong, []);
});

test('every dependency has its line in the decisions', () => {
  const packages: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const consolePackages: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(root, 'console/package.json'), 'utf8'));
  const decisions = listFiles(join(root, 'docs/decisions'), /\.md$/)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const names = [packages, consolePackages].flatMap((file) =>
    ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) => Object.keys(file[key] ?? {})),
  );
  assert.deepEqual(
    names.filter((name) => !decisions.includes(`\`${name}\``)),
    [],
  );
});

/** Code without comments and without the contents of strings in single quotes. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1');
}
