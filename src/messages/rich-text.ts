/** A rich message as plain text, for channels and readers that show nothing else (contract 14, 8). */
import { pageLength } from './choices/offer.js';
import { isRightToLeft, isolate } from './direction.js';
import { findReadable } from './find-readable.js';
import type { RichContent, RichField, RichOption } from './model.js';

/** What is said around the options, in the customer's language. */
export interface RichWords {
  readonly chooseOne: string;
  readonly chooseSeveral: string;
  /** How to ask for the options not shown yet. */
  readonly more: string;
  readonly form: string;
}

export interface RichTextOptions {
  readonly words?: RichWords;
  /** BCP 47: decides, with the texts, whether the list reads from right to left. */
  readonly language?: string;
  /** An amount as the reader writes it. */
  readonly amount?: string;
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';

const withLink = (title: string | undefined, url: string): string =>
  title === undefined || title === '' || title === url ? url : `${title} (${url})`;

/**
 * Numbers of a list jump to the wrong side of a title that reads the other way unless the title is isolated. Where
 * everything reads from left to right the isolates would only be invisible clutter that some clients show as boxes.
 */
function isolator(rich: RichContent, language: string | undefined): (text: string) => string {
  const texts = [
    rich.intro,
    rich.title,
    rich.subtitle,
    ...rich.options.flatMap(({ title, subtitle, section }) => [title, subtitle, section]),
  ];
  return isRightToLeft(texts.filter(isSaid).join('\n'), language) ? isolate : (text) => text;
}

function optionLines(
  options: readonly RichOption[],
  from: number,
  isolated: (text: string) => string,
): string[] {
  const lines: string[] = [];
  let section: string | undefined;
  options.forEach((option, index) => {
    if (isSaid(option.section) && option.section !== section) lines.push(`${isolated(option.section)}:`);
    section = option.section;
    const subtitle = isSaid(option.subtitle) ? ` – ${isolated(option.subtitle)}` : '';
    const title = (option.title === '' ? option.id : option.title).replace(/\s+/g, ' ');
    lines.push(`${from + index + 1}. ${isolated(title)}${subtitle}`);
  });
  return lines;
}

function hints(rich: RichContent, shownTo: number, words: RichWords | undefined): string[] {
  if (words === undefined || rich.options.length === 0) return [];
  const choose = rich.multiple === true ? words.chooseSeveral : words.chooseOne;
  return shownTo < rich.options.length ? [choose, words.more] : [choose];
}

/** The options from `from` on, one page of them, with how to answer; numbers count on through all pages. */
export function optionsPage(rich: RichContent, from: number, options: RichTextOptions = {}): string {
  const shownTo = from + pageLength(rich.options.length, from);
  const isolated = isolator(rich, options.language);
  return [
    ...optionLines(rich.options.slice(from, shownTo), from, isolated),
    ...hints(rich, shownTo, options.words),
  ].join('\n');
}

const fieldLine = ({ title, options = [] }: RichField): string =>
  options.length === 0 ? `• ${title}` : `• ${title} (${options.join(' / ')})`;

/**
 * The text's own words, title, subtitle, amount, a numbered list of the options under their sections, what a form asks
 * for, then the links as `title (address)`, and how to answer. The numbers count on through all sections, so that a reply
 * with a number names one option; a long list gives its first page. Content with no options also gives whatever other
 * texts its `raw` holds; an empty string when there is nothing to read at all.
 */
export function richToText(rich: RichContent, options: RichTextOptions = {}): string {
  const { words } = options;
  const head = [...new Set([rich.intro, rich.title, rich.subtitle, options.amount].filter(isSaid))];
  const isTold = (title: string | undefined): boolean => title !== undefined && head.includes(title);
  const links = [
    ...new Set((rich.links ?? []).map(({ title, url }) => withLink(isTold(title) ? undefined : title, url))),
  ];
  const fields = (rich.fields ?? []).map(fieldLine);
  if (rich.options.length > 0) {
    return [...head, ...links, optionsPage(rich, 0, options)].join('\n');
  }
  const known = [...head, ...fields, ...links];
  const others = rich.kind === 'richlink' && links.length > 0 ? [] : findReadable(rich.raw);
  const form = fields.length > 0 && words !== undefined ? [words.form] : [];
  return [...known, ...others.filter((found) => !known.some((line) => line.includes(found))), ...form].join(
    '\n',
  );
}
