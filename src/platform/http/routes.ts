// SPDX-License-Identifier: Apache-2.0
import { text } from '../../base/schema.ts';
import { declareRoute, readers } from './route.ts';

/**
 * Live changes as server-sent events: `id`, `event` (the kind) and `data` (JSON). A client that comes back with
 * Last-Event-ID gets what it missed, or the event `reset` where too much was missed: it then loads its lists again.
 * Source: HTML Living Standard, section 9.2.
 */
export const watchEvents = declareRoute({
  method: 'GET',
  path: '/api/events',
  name: 'watchEvents',
  summary: 'Follow changes as they happen',
  access: readers,
  media: 'text/event-stream',
  response: text(),
});
