/** A rich message as plain text, for channels and readers that show nothing else (contract 14, 8). */
import type { RichContent } from './model.js';

/** Fields of an unknown type that a reader is meant to see, in the order they are written. */
const readable = [
  'title',
  'subtitle',
  'header',
  'text',
  'label',
  'name',
  'body',
  'description',
  'caption',
  'message',
];
const addresses = ['url', 'link', 'href'];

const mostFindings = 50;
const deepest = 12;

/**
 * Numbers of a list jump to the wrong side of a right-to-left title unless the title is isolated; in a list without any
 * such title the isolates would only be invisible clutter.
 */
function isolator(texts: readonly string[]): (text: string) => string {
  const rightToLeft = texts.some((text) =>
    /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u.test(text),
  );
  return rightToLeft ? (text) => `\u2068${text}\u2069` : (text) => text;
}

const withLink = (title: string | undefined, url: string): string =>
  title === undefined || title === '' || title === url ? url : `${title} (${url})`;

/** Texts and web addresses anywhere in `value`, each once, in reading order; bounded in depth and number. */
export function findReadable(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > deepest || found.size >= mostFindings) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item, depth + 1);
      return;
    }
    const fields = new Map<string, unknown>(Object.entries(node));
    const add = (names: readonly string[], wanted: (text: string) => boolean): void => {
      for (const name of names) {
        const text = fields.get(name);
        if (typeof text === 'string' && text.trim() !== '' && wanted(text) && found.size < mostFindings)
          found.add(text.trim());
      }
    };
    add(readable, () => true);
    add(addresses, (text) => /^https?:\/\//i.test(text));
    for (const child of fields.values()) visit(child, depth + 1);
  };
  visit(value, 0);
  return [...found];
}

function optionLines(rich: RichContent): string[] {
  const isolate = isolator(
    rich.options.flatMap(({ title, subtitle, section }) => [title, subtitle ?? '', section ?? '']),
  );
  const lines: string[] = [];
  let section: string | undefined;
  rich.options.forEach((option, index) => {
    if (option.section !== undefined && option.section !== '' && option.section !== section)
      lines.push(`${isolate(option.section)}:`);
    section = option.section;
    const subtitle =
      option.subtitle === undefined || option.subtitle === '' ? '' : ` – ${isolate(option.subtitle)}`;
    lines.push(`${index + 1}. ${isolate(option.title === '' ? option.id : option.title)}${subtitle}`);
  });
  return lines;
}

/**
 * `intro` (the message's own text), title, subtitle, a numbered list of the options under their sections, then the
 * links as `title (address)`. The numbers count on through all sections, so that a reply with a number names one
 * option. Content with none of these gives whatever texts and links its `raw` holds; an empty string when nothing does.
 */
export function richToText(rich: RichContent, intro?: string): string {
  const head = [intro, rich.title, rich.subtitle].filter((text) => text !== undefined && text.trim() !== '');
  const links = (rich.links ?? []).map(({ title, url }) => withLink(title, url));
  const known = [...new Set([...head, ...optionLines(rich), ...links])];
  const bare = rich.options.length === 0 && links.length === 0;
  return (bare ? [...new Set([...known, ...findReadable(rich.raw)])] : known).join('\n');
}
