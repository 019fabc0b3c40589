// SPDX-License-Identifier: Apache-2.0
import i18next from 'i18next';
import { findingWords } from './finding.ts';
import { incidentWords } from './incident.ts';
import { plantWords } from './plant.ts';
import { responseWords } from './response.ts';
import { siteWords } from './site.ts';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

/** Every text that records carry as words, in both languages. The console's own texts stand beside it in `console/`. */
export const catalogue: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = {
  ...findingWords,
  ...incidentWords,
  ...responseWords,
  ...plantWords,
  ...siteWords,
};

const translator = i18next.createInstance();
const resources = Object.fromEntries(
  languages.map((language) => [language, { translation: Object.fromEntries(Object.entries(catalogue).map(([key, texts]) => [key, texts[language]])) }]),
);
// With all resources given, i18next is ready at once: nothing is loaded later. Keys hold dots of their own.
void translator.init({
  lng: 'en',
  fallbackLng: 'en',
  resources,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** The sentence for these words in the language; a key that the catalogue lacks stands for itself. */
export function translate(language: Language, words: { readonly key: string; readonly with: Readonly<Record<string, string | number>> }): string {
  return translator.t(words.key, { ...words.with, lng: language });
}
