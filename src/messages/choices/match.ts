/** Which option a typed answer means. */
import { hasGraphemes, normalised, typedNumber } from './normalise.js';
import type { OfferedOption } from './offer.js';

/** Shorter beginnings are met by chance too often. */
const leastPrefix = 3;

const andWord = /(?<!\s)\s+(?:and|und|et|y|e|og|och|en|и|و)\s+/;
const separators = /(?<!\s)\s*[,;/&+،؛、]\s*/;

/** The only entry of a list, unless there is none or more than one. */
function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** Without the dot or bracket people close an answer with. */
function bare(text: string): string {
  return text
    .replace(/^[([]\s*/, '')
    .replace(/(?<![.)\]])\s?[.)\]]+$/, '')
    .trim();
}

/**
 * The one option that `text`, already normalised, means: by its number in the list, its exact id, its exact title, or a
 * beginning of its title that no other option has. Nothing when none does, or more than one might.
 */
export function matchOne(text: string, options: readonly OfferedOption[]): OfferedOption | undefined {
  const number = typedNumber(text);
  const numbered = number === undefined ? undefined : options[number - 1];
  if (numbered !== undefined) return numbered;
  const forms = options.map((option) => ({
    option,
    id: normalised(option.id),
    title: normalised(option.title),
  }));
  for (const wanted of new Set([text, bare(text)])) {
    if (wanted === '') continue;
    for (const same of [
      forms.filter(({ id }) => id === wanted),
      forms.filter(({ title }) => title === wanted || bare(title) === wanted),
    ]) {
      if (same.length > 0) return only(same)?.option;
    }
  }
  const beginning = bare(text);
  if (!hasGraphemes(beginning, leastPrefix)) return undefined;
  return only(forms.filter(({ title }) => title.startsWith(beginning)))?.option;
}

/** Only an exact id or title: what may also answer an older offer than the newest. */
export function matchExact(text: string, options: readonly OfferedOption[]): OfferedOption | undefined {
  return only(options.filter(({ id, title }) => normalised(id) === text || normalised(title) === text));
}

/** All options of an answer such as `1,3` or `red and blue`; nothing unless every part of it means one. */
export function matchSeveral(text: string, options: readonly OfferedOption[]): readonly OfferedOption[] {
  const whole = matchOne(text, options);
  if (whole !== undefined) return [whole];
  const byAnd = text.split(separators).flatMap((part) => part.split(andWord));
  const parts = /^\d{1,4}(?: \d{1,4})+$/.test(text) ? text.split(' ') : byAnd;
  const meant = parts.filter((part) => part !== '').map((part) => matchOne(part, options));
  const known = meant.filter((option) => option !== undefined);
  return known.length === meant.length ? [...new Set(known)] : [];
}
