/**
 * HTML as an agent's editor writes it, turned into the plain text a reader would see: the content of eGain's
 * `content.html` [wild: DM bridge] for every channel that shows no markup.
 */
import { Parser } from 'htmlparser2';
import { LineWriter } from './line-writer.js';

/** Elements whose content no browser shows. */
const unseen = new Set(['script', 'style', 'title', 'template', 'iframe', 'noembed', 'noframes']);

/** Set apart from their neighbours by an empty line. */
const paragraphs = new Set([
  ...[
    'p',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'blockquote',
    'pre',
    'ul',
    'ol',
    'dl',
    'table',
    'figure',
    'hr',
  ],
]);

/** Begin and end on a line of their own. */
const blocks = new Set([
  ...[
    'div',
    'li',
    'dt',
    'dd',
    'tr',
    'caption',
    'section',
    'article',
    'aside',
    'header',
    'footer',
    'main',
    'nav',
  ],
  ...[
    'address',
    'details',
    'summary',
    'fieldset',
    'legend',
    'form',
    'figcaption',
    'option',
    'center',
    'body',
    'html',
  ],
]);

/** Schemes a customer may be sent to; anything else (`javascript:`, `data:`, relative) leaves only its text. */
const linkScheme = /^(https?|mailto|tel|sms):/i;

/** The address of a link as it may be shown, or nothing. Browsers ignore control characters and spaces in front. */
function shownAddress(href: string | undefined): string | undefined {
  // Tricks such as `java\tscript:` fail the allow-list, because browsers drop tabs and line ends first.
  const bare = (href ?? '').replace(/^[\0-\x20]+|[\0-\x1f]|\s+$/g, '').replaceAll(' ', '%20');
  const address = bare.startsWith('//') ? `https:${bare}` : bare;
  return linkScheme.test(address) ? address : undefined;
}

const simplified = (address: string): string =>
  address
    .replace(/^(https?:\/\/|mailto:|tel:|sms:)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();

/** What to write after a link's own text: nothing, when the text already is the address. */
function addressAfter(text: string, address: string): string | undefined {
  const shown = text.trim();
  const readable = /^(mailto|tel|sms):[^?]*$/i.test(address) ? address.replace(/^[^:]*:/, '') : address;
  if (shown === '') return readable;
  return simplified(shown) === simplified(address) ? undefined : ` (${readable})`;
}

function imageText(attributes: Readonly<Record<string, string>>): string {
  const alt = attributes['alt']?.trim();
  if (alt !== undefined && alt !== '') return alt;
  const pixel = attributes['width'] === '1' || attributes['height'] === '1';
  const address = shownAddress(attributes['src']);
  return pixel || address === undefined ? '' : address;
}

/**
 * The visible text of `html`. Links become `text (address)`, lists keep their bullets and numbers, blocks their
 * lines; scripts, styles and comments go. `&lt;b&gt;` comes out as the literal `<b>`: the result is plain text and
 * must be escaped again by whoever puts it into markup. Never throws, whatever the input.
 */
export function htmlToText(html: string): string {
  const out = new LineWriter();
  /** Next number of each open list, outermost first; `undefined` for bullets. */
  const lists: (number | undefined)[] = [];
  let unseenDepth = 0;
  let cellsInRow = 0;
  let link: { readonly address: string; readonly start: number } | undefined;

  const closeLink = (): void => {
    if (link === undefined) return;
    const text = out.since(link.start);
    const after = addressAfter(text, link.address);
    if (after !== undefined && text.trim() === '') out.text(after);
    else if (after !== undefined) out.attach(after);
    link = undefined;
  };

  const startItem = (): void => {
    const number = lists.at(-1);
    if (number !== undefined) lists[lists.length - 1] = number + 1;
    const indent = '  '.repeat(Math.min(Math.max(lists.length - 1, 0), 8));
    out.prefix(number === undefined ? `${indent}• ` : `${indent}${number}. `);
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      if (unseen.has(name)) unseenDepth += 1;
      if (unseenDepth > 0) return;
      // A list inside a list belongs to its item: no empty line there.
      if (paragraphs.has(name) && lists.length === 0) out.paragraph();
      else if (paragraphs.has(name) || blocks.has(name)) out.line();
      switch (name) {
        case 'br':
          out.break();
          return;
        case 'img':
          out.text(imageText(attributes));
          return;
        case 'ul':
          lists.push(undefined);
          return;
        case 'ol':
          return void lists.push(
            /^-?\d{1,9}$/.test(attributes['start'] ?? '') ? Number(attributes['start']) : 1,
          );
        case 'li':
          startItem();
          return;
        case 'pre':
          out.preserve(true);
          return;
        case 'tr':
          cellsInRow = 0;
          return;
        case 'td':
        case 'th':
          if (cellsInRow > 0) out.attach(' | ');
          cellsInRow += 1;
          return;
        case 'a': {
          closeLink();
          const address = shownAddress(attributes['href']);
          if (address !== undefined) link = { address, start: out.mark() };
          return;
        }
        default:
      }
    },
    ontext(data) {
      if (unseenDepth === 0) out.text(data);
    },
    onclosetag(name) {
      if (unseen.has(name)) unseenDepth -= 1;
      if (unseenDepth > 0) return;
      if (name === 'a') closeLink();
      if (name === 'ul' || name === 'ol') lists.pop();
      if (name === 'pre') out.preserve(false);
      if (paragraphs.has(name) && lists.length === 0) out.paragraph();
      else if (paragraphs.has(name) || blocks.has(name)) out.line();
    },
  });
  parser.end(html);
  return out.toString();
}
