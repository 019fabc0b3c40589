// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noveltyPlace } from './novelty-place.ts';

test('the scale runs from all new over the target to ten times below it, without going back', () => {
  assert.equal(noveltyPlace(1, 1e-4), 0);
  assert.ok(Math.abs(noveltyPlace(1e-4, 1e-4) - 0.85) < 1e-9);
  assert.ok(Math.abs(noveltyPlace(1e-5, 1e-4) - 1) < 1e-9);
  assert.equal(noveltyPlace(0, 1e-4), 1);
  let before = -1;
  for (let exponent = 0; exponent > -8; exponent -= 0.25) {
    const place = noveltyPlace(10 ** exponent, 1e-4);
    assert.ok(place >= before && place <= 1, String(exponent));
    before = place;
  }
});
