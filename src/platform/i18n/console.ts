// SPDX-License-Identifier: Apache-2.0
import { accountsWords } from './console/accounts.ts';
import { evidenceWords } from './console/evidence.ts';
import { frameWords } from './console/frame.ts';
import { knowingWords } from './console/knowing.ts';
import { overviewWords } from './console/overview.ts';
import { responseWords } from './console/response.ts';
import { watchingWords } from './console/watching.ts';

/**
 * Texts of the console in both languages. Keys with `_one` and `_other` are forms of one text for a count; Japanese has one form for both.
 * What is filled in may come from the wire: it is shown as plain text.
 */
export const consoleWords = {
  ...frameWords,
  ...overviewWords,
  ...responseWords,
  ...watchingWords,
  ...knowingWords,
  ...evidenceWords,
  ...accountsWords,
} as const;
