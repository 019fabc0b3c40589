// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { needsShared, sharedPath } from '../../test/shared.ts';
import { findOperation, protocols } from './index.ts';

test('an operation is found by protocol and function, and nothing is found for what is not in the list', () => {
  assert.equal(findOperation('modbus', 'write-single-coil')?.class, 'write');
  assert.equal(findOperation('modbus', 'diagnostics-force-listen-only')?.technique, 'T0814');
  for (const [protocol, name] of [
    ['modbus', 'function-99'],
    ['modbus', 'unreadable'],
    ['dns', 'write-single-coil'],
    ['unknown', 'payload'],
    ['modbus', 'constructor'],
  ] as const) {
    assert.equal(findOperation(protocol, name), undefined, `${protocol} ${name}`);
  }
});

const stix = 'threat-intel/attack-stix/ics-attack/ics-attack-18.1.json.gz';
test('every technique that an operation names exists in ATT&CK for ICS and is not withdrawn', { skip: needsShared(stix) }, () => {
  interface Pattern {
    readonly type: string;
    readonly revoked?: boolean;
    readonly x_mitre_deprecated?: boolean;
    readonly external_references?: readonly { readonly external_id?: string }[];
  }
  const bundle: { readonly objects: readonly Pattern[] } = JSON.parse(gunzipSync(readFileSync(sharedPath(stix) as string)).toString('utf8')); // needsShared has seen it
  const known = new Set(
    bundle.objects.flatMap(({ type, revoked, x_mitre_deprecated: deprecated, external_references: references }) =>
      type === 'attack-pattern' && revoked !== true && deprecated !== true ? (references ?? []).map(({ external_id: id }) => id) : [],
    ),
  );
  assert.ok(known.size > 50);
  for (const { name, operations } of protocols) {
    for (const operation of operations) {
      if (operation.technique !== undefined) assert.ok(known.has(operation.technique), `${name} ${operation.name} ${operation.technique}`);
    }
  }
});
