import type { ContentNode, ContentTag } from '../events.js';
import { make, type Child } from './dom.js';

/** The only elements that an agent's words become, whatever the bridge says. */
const elements: Readonly<Record<ContentTag, keyof HTMLElementTagNameMap>> = {
  p: 'p',
  br: 'br',
  b: 'strong',
  i: 'em',
  u: 'u',
  s: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  h: 'strong',
  a: 'a',
};

/** Formatted text, node by node. */
export function contentView(nodes: readonly ContentNode[]): Child[] {
  return nodes.map((node): Child => {
    if (typeof node === 'string') return node;
    const { tag, href, children } = node;
    if (!Object.hasOwn(elements, tag)) return make('span', {}, ...contentView(children));
    if (tag === 'a') return link(href ?? '', ...contentView(children));
    return make(elements[tag], {}, ...contentView(children));
  });
}

const harmless = /^(https?|mailto|tel|sms):/i;

/** A link that opens beside the chat; only its words where the address is of another kind. */
export function link(href: string, ...children: readonly Child[]): HTMLElement {
  if (!harmless.test(href)) return make('span', {}, ...children);
  return make('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...children);
}

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/gi;

/** Plain text with its web addresses made links. */
export function textView(text: string): Child[] {
  const parts: Child[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    // An address is read from left to right in the middle of any text.
    const shown = make('bdi', { dir: 'ltr' }, match[0]);
    parts.push(text.slice(from, match.index), link(match[0], shown));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
