// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import type { Response } from '../app/api.ts';
import { formatDuration } from '../app/format.ts';
import { useWords } from '../app/words.ts';

/** One line that names what a response does, to whom, for how long. */
export function useResponseTitle(): (response: Response) => string {
  const { say, language } = useWords();
  return useCallback(({ action }) => say(`action.${action.name}`, { target: action.target, time: formatDuration(action.limitMs, language) }), [say, language]);
}
