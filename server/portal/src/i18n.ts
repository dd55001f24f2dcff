import { en } from './strings.en';
import { fr, type Strings } from './strings.fr';

export type Language = 'fr' | 'en';

/** The words of the page. Read it when drawing, never when a module is loaded: the language is known only then. */
export let t: Strings = fr;
export let language: Language = 'fr';

/** First wish that is a language of ours; French when none is. */
export function chooseLanguage(wishes: (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const code = wish?.slice(0, 2).toLowerCase();
    if (code === 'fr' || code === 'en') return code;
  }
  return 'fr';
}

export function setLanguage(chosen: Language): void {
  language = chosen;
  t = chosen === 'en' ? en : fr;
}
