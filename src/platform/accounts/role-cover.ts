// SPDX-License-Identifier: Apache-2.0
import type { Role } from '../http/route.ts';

/**
 * Whose rights contain whose: a token may have a role that its account's role covers. Only `viewer` and the pair
 * operator-responder are ordered; the other roles look at different things, so that none contains another.
 */
const covered: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  responder: ['viewer', 'operator', 'responder'],
  analyst: ['viewer', 'analyst'],
  trainer: ['viewer', 'trainer'],
  auditor: ['viewer', 'auditor'],
  administrator: ['viewer', 'operator', 'responder', 'analyst', 'trainer', 'auditor', 'administrator'],
};

/** True where whoever has the role `holder` may let a program act as `wanted`. */
export function coversRole(holder: Role, wanted: Role): boolean {
  return covered[holder].includes(wanted);
}
