/** HTML of an agent's editor with nothing in it but words and their looks: for receivers that show it as it comes. */
import { Parser } from 'htmlparser2';
import { escapeHtml } from './html-escape.js';
import { imageText, shownAddress } from './html-links.js';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Everything else leaves only its text. */
const kept = set(
  'p div span br hr b strong i em u s strike del sub sup code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 ' +
    'table thead tbody tfoot tr th td a',
);
const empty = set('br hr');
/** Elements whose content no browser shows. */
const unseen = set('script style title template iframe noembed noframes object svg math textarea select');
const deepest = 64;

/**
 * Known elements without any attribute but a link's harmless `href`, everything closed in its order, pictures as the words
 * that stand for them. Twice over: an element that leaves only its text may have kept apart two of which the second closes
 * the first, so what the first pass wrote would read differently from what it meant.
 * @returns undefined for elements nested beyond reason: the plain text says it all.
 */
export function sanitiseHtml(html: string): string | undefined {
  const once = onlyKnown(html);
  return once === undefined ? undefined : onlyKnown(once);
}

function onlyKnown(html: string): string | undefined {
  let out = '';
  let hidden = 0;
  const deep = { found: false };
  const open: { readonly name: string; readonly written: boolean }[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (open.length >= deepest) {
        deep.found = true;
        parser.pause();
        return;
      }
      if (unseen.has(name)) hidden += 1;
      const href = name === 'a' ? shownAddress(attributes['href']) : undefined;
      const written = hidden === 0 && kept.has(name) && (name !== 'a' || href !== undefined);
      open.push({ name, written });
      if (hidden === 0 && name === 'img') out += escapeHtml(imageText(attributes));
      if (written) out += href === undefined ? `<${name}>` : `<a href="${escapeHtml(href)}">`;
    },
    ontext(data) {
      if (hidden === 0) out += escapeHtml(data);
    },
    onclosetag(name) {
      const last = open.pop();
      if (unseen.has(name)) hidden -= 1;
      if (last?.written === true && !empty.has(name)) out += `</${name}>`;
    },
  });
  parser.end(html);
  return deep.found ? undefined : out;
}
