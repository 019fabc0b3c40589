// SPDX-License-Identifier: Apache-2.0
import type { ActionKind } from '../action.ts';

/** Keeps the incident's packets beyond their time and goes on watching; touches nothing. */
export const observe: ActionKind = {
  name: 'observe',
  openc2: 'investigate',
  burden: 0,
  propose: ({ incident, limitMs }) => ({ name: 'observe', target: incident.origin ?? incident.subjects[0] ?? incident.id, rules: [], limitMs }),
  why: (action) => ({ key: 'response.why.observe', with: { target: action.target } }),
};
