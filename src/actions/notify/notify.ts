// SPDX-License-Identifier: Apache-2.0
import type { ActionKind } from '../action.ts';

/** Tells the people in charge, with the incident's findings; touches nothing. */
export const notify: ActionKind = {
  name: 'notify',
  openc2: 'notify',
  burden: 0.01,
  propose: ({ incident, limitMs }) => ({ name: 'notify', target: incident.origin ?? incident.id, rules: [], limitMs }),
  why: (action) => ({ key: 'response.why.notify', with: { target: action.target } }),
};
