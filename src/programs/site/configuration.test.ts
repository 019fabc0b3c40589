// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UsageError } from '../../base/errors.ts';
import { Configuration, parseConfiguration } from './configuration.ts';

const readDocument = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const example = readDocument('examples/shinrai.json');
const demonstration = readDocument('examples/demonstration.json');

/** The example with one change, as the text of a file. */
function changed(change: (value: Record<string, unknown>) => void): string {
  const value: Record<string, unknown> = JSON.parse(example);
  change(value);
  return JSON.stringify(value);
}

interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
}

/** Every key of a schema as operations.md writes it: `listen.port`, `sources[].name`. */
function keysOf(part: SchemaPart, path = ''): readonly string[] {
  return Object.entries(part.properties ?? {}).flatMap(([name, inner]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const below = [...keysOf(inner, key), ...(inner.items === undefined ? [] : keysOf(inner.items, `${key}[]`))];
    return below.length === 0 ? [key] : below;
  });
}

/** The same for a file. */
function keysIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => keysIn(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => keysIn(inner, path === '' ? name : `${path}.${name}`));
}

test('the examples of the documentation are configurations as they stand', () => {
  for (const content of [example, demonstration]) assert.deepEqual(parseConfiguration(content, 'shinrai.json'), JSON.parse(content));
});

test('the examples show every key, and docs/operations.md explains every key', () => {
  const schema: SchemaPart = JSON.parse(JSON.stringify(Configuration));
  const keys = [...keysOf(schema)].sort();
  assert.deepEqual([...new Set([example, demonstration].flatMap((content) => keysIn(JSON.parse(content))))].sort(), keys);
  const operations = readDocument('operations.md');
  assert.deepEqual(
    keys.filter((key) => !operations.includes(`| \`${key}\` |`)),
    [],
  );
});

const refusals: readonly { readonly name: string; readonly content: string; readonly says: RegExp }[] = [
  {
    name: 'an unknown key is refused by its name',
    content: changed((value) => Object.assign(value, { debug: true })),
    says: /additional properties \(debug\)/,
  },
  {
    name: 'an unknown key inside is refused with its place',
    content: changed((value) => Object.assign(value, { listen: { address: '127.0.0.1', port: 1, tls: true, host: 'a' } })),
    says: /\/listen .*\(host\)/,
  },
  {
    name: 'an address that others reach is refused without TLS',
    content: changed((value) => Object.assign(value, { listen: { address: '0.0.0.0', port: 8443, tls: false } })),
    says: /\/listen has no TLS on 0\.0\.0\.0/,
  },
  {
    name: 'a wrong type is refused with its place',
    content: changed((value) => Object.assign(value, { listen: { address: '127.0.0.1', port: '8443', tls: true } })),
    says: /\/listen\/port must be integer/,
  },
  { name: 'a missing key is refused by its name', content: changed((value) => delete value['origin']), says: /must have required property 'origin'/ },
  {
    name: 'a port beyond the last is refused',
    content: changed((value) => Object.assign(value, { listen: { address: '127.0.0.1', port: 65_536, tls: true } })),
    says: /\/listen\/port must be <= 65535/,
  },
  { name: 'a version that is not ours is refused', content: changed((value) => Object.assign(value, { version: 2 })), says: /\/version must be <= 1/ },
  {
    name: 'an enforcement point that does not exist is refused',
    content: changed((value) => Object.assign(value, { enforcement: { kind: 'iptables' } })),
    says: /\/enforcement\/kind must be equal to one of the allowed values/,
  },
  {
    name: 'a namespace whose name holds a space is refused',
    content: changed((value) => Object.assign(value, { enforcement: { kind: 'nftables', namespace: 'a b' } })),
    says: /\/enforcement\/namespace must match pattern/,
  },
  { name: 'what is not JSON is refused', content: `${example.trimEnd().slice(0, -1)}`, says: /Cannot read "site\/shinrai\.json": / },
  { name: 'a list is no configuration', content: '[]', says: /the file must be object/ },
];

for (const { name, content, says } of refusals)
  test(name, () => {
    assert.throws(
      () => parseConfiguration(content, 'site/shinrai.json'),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, says);
        assert.match(error.message, /^Cannot (use|read) "site\/shinrai\.json": /);
        return true;
      },
    );
  });

test('all wrong places are named at once', () => {
  const content = changed((value) => Object.assign(value, { version: 0, publicUrl: 5 }));
  assert.throws(() => parseConfiguration(content, 'shinrai.json'), /\/version .*\/publicUrl /);
});
