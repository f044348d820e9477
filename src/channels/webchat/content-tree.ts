/** HTML as an agent's editor writes it → the few kinds of node a chat shows. Everything else leaves only its text. */
import { Parser } from 'htmlparser2';
import { shownAddress } from '../../messages/html-links.js';
import type { ContentElement, ContentNode, ContentTag } from './events.js';

const tags: ReadonlyMap<string, ContentTag> = new Map<string, ContentTag>([
  ['p', 'p'],
  ['div', 'p'],
  ['br', 'br'],
  ['b', 'b'],
  ['strong', 'b'],
  ['i', 'i'],
  ['em', 'i'],
  ['u', 'u'],
  ['s', 's'],
  ['strike', 's'],
  ['del', 's'],
  ['code', 'code'],
  ['pre', 'pre'],
  ['blockquote', 'blockquote'],
  ['ul', 'ul'],
  ['ol', 'ol'],
  ['li', 'li'],
  ['h1', 'h'],
  ['h2', 'h'],
  ['h3', 'h'],
  ['h4', 'h'],
  ['h5', 'h'],
  ['h6', 'h'],
  ['tr', 'p'],
  ['a', 'a'],
]);
const unseen = new Set(['script', 'style', 'title', 'template', 'iframe', 'noembed', 'noframes']);

/** Bounds on what a browser is made to build; beyond, the plain text is shown. */
const deepest = 32;
const mostNodes = 2000;

interface Open {
  readonly name: string;
  readonly children: ContentNode[];
}

/**
 * @returns undefined when there is no formatting worth keeping, or more of it than a chat shows: the plain text says it all.
 */
export function contentTree(html: string): readonly ContentNode[] | undefined {
  const root: ContentNode[] = [];
  const open: Open[] = [];
  let hidden = 0;
  let nodes = 0;
  const found = { formatting: false, tooMuch: false };
  const here = (): ContentNode[] => open.at(-1)?.children ?? root;
  const add = (node: ContentNode): void => {
    const siblings = here();
    const before = siblings.at(-1);
    if (typeof node === 'string' && typeof before === 'string') {
      // The parser tells a text in pieces, broken at its entities.
      siblings[siblings.length - 1] = before + node;
      return;
    }
    nodes += 1;
    if (nodes > mostNodes) {
      found.tooMuch = true;
      parser.pause();
    } else siblings.push(node);
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (unseen.has(name)) hidden += 1;
      if (hidden > 0) return;
      const tag = tags.get(name);
      if (name === 'img') {
        const alt = (attributes['alt'] ?? '').trim();
        if (alt !== '') add(alt);
        return;
      }
      if (tag === undefined) return;
      if (open.length >= deepest) {
        found.tooMuch = true;
        parser.pause();
        return;
      }
      const href = tag === 'a' ? shownAddress(attributes['href']) : undefined;
      if (tag === 'a' && href === undefined) return;
      const element: ContentElement & { readonly children: ContentNode[] } = {
        tag,
        ...(href !== undefined && { href }),
        children: [],
      };
      found.formatting ||= tag !== 'p' && tag !== 'br';
      add(element);
      if (tag !== 'br') open.push({ name, children: element.children });
    },
    ontext(data) {
      if (hidden === 0) add(data);
    },
    onclosetag(name) {
      if (unseen.has(name)) hidden -= 1;
      const at = open.findLastIndex((element) => element.name === name);
      if (at >= 0) open.length = at;
    },
  });
  parser.end(html);
  return found.formatting && !found.tooMuch ? root : undefined;
}
