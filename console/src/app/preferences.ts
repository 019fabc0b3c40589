// SPDX-License-Identifier: Apache-2.0

export const languages = ['ja', 'en'] as const;
export type Language = (typeof languages)[number];

/** Keys in the browser's storage; `public/first-paint.js` reads the same. */
export const languageKey = 'shinrai.language';
export const schemeKey = 'shinrai.scheme';

/** The remembered language, else the browser's. */
export function readLanguage(): Language {
  const remembered = read(languageKey);
  if (remembered === 'ja' || remembered === 'en') return remembered;
  return navigator.language.startsWith('ja') ? 'ja' : 'en';
}

export function rememberLanguage(language: Language): void {
  document.documentElement.lang = language;
  try {
    localStorage.setItem(languageKey, language);
  } catch {
    // Storage may be forbidden: the choice then holds until the page is closed.
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
