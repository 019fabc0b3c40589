// SPDX-License-Identifier: Apache-2.0
import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { catalogue as recordWords } from '../../../src/platform/i18n/catalogue.ts';
import { consoleWords } from '../../../src/platform/i18n/console.ts';
import type { Words } from './api.ts';
import { formatCount } from './format.ts';
import { type Language, readLanguage, rememberLanguage } from './preferences.ts';

type ConsoleKey = keyof typeof consoleWords;
type Plural<K> = K extends `${infer Base}_other` ? Base : K extends `${string}_one` ? never : K;
/** A key of the console's own texts, without the `console.` before it. */
export type TextKey = Plural<ConsoleKey> extends `console.${infer Rest}` ? Rest : never;
export type Placeholders = Readonly<Record<string, string | number>>;

/** What records say (findings, incidents, responses) and what the console says. */
const catalogue: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = { ...recordWords, ...consoleWords };

const inLanguage = (language: Language): Record<string, string> => Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, text[language]]));

/** Must have run before the first component is drawn. */
export function startWords(): void {
  const language = readLanguage();
  document.documentElement.lang = language;
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: inLanguage('en') }, ja: { translation: inLanguage('ja') } },
    // Keys are written with dots and are flat; React escapes.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export interface Speech {
  readonly language: Language;
  /** A text of the console. */
  say(key: TextKey, fill?: Placeholders): string;
  /** A text of the console whose key comes from a record (severity, state …); the value itself where there is none. */
  name(group: string, value: string, fill?: Placeholders): string;
  /** The sentence of a record (finding, incident, response). */
  tell(words: Words): string;
  change(language: Language): void;
}

export function useWords(): Speech {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === 'ja' ? 'ja' : 'en';
  const say = useCallback((key: TextKey, fill?: Placeholders): string => String(t(`console.${key}`, { ...fill })), [t]);
  const name = useCallback(
    (group: string, value: string, fill?: Placeholders): string =>
      i18n.exists(`console.${group}.${value}`) ? String(t(`console.${group}.${value}`, { ...fill })) : value,
    [t, i18n],
  );
  const tell = useCallback(
    (words: Words): string => {
      if (i18n.exists(words.key)) return String(t(words.key, readable(words.with, language)));
      // A record of a newer version than this console: its facts are shown rather than nothing.
      return [words.key, ...Object.entries(words.with).map(([key, value]) => `${key}=${value}`)].join(' · ');
    },
    [t, i18n, language],
  );
  const change = useCallback(
    (next: Language): void => {
      rememberLanguage(next);
      void i18n.changeLanguage(next);
    },
    [i18n],
  );
  return { language, say, name, tell, change };
}

/** Numbers as people write them; `count` stays a number, as it also chooses the form of the text. */
function readable(fill: Words['with'], language: Language): Placeholders {
  return Object.fromEntries(
    Object.entries(fill).map(([name, value]) => [name, typeof value === 'number' && name !== 'count' ? formatCount(value, language) : value]),
  );
}
