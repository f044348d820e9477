/** What an agent wrote as HTML, built anew from the few elements that are only text with an emphasis. */

const kept = new Set([
  'b',
  'i',
  'em',
  'strong',
  'u',
  's',
  'p',
  'br',
  'ul',
  'ol',
  'li',
  'blockquote',
  'code',
  'pre',
  'a',
]);
/** Their texts are not for reading. */
const silent = new Set(['script', 'style', 'template', 'head', 'title', 'noscript', 'iframe', 'object']);

/** Scripts, styles, handlers, pictures and links that are no web address are left behind; their texts stay. */
export function safeHtml(html: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  // A parsed document of its own runs nothing and loads nothing.
  copy(new DOMParser().parseFromString(html, 'text/html').body, fragment);
  return fragment;
}

function copy(from: Node, to: Node): void {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.appendChild(document.createTextNode(child.nodeValue ?? ''));
    if (!(child instanceof Element)) continue;
    const tag = child.localName;
    if (silent.has(tag)) continue;
    const into = kept.has(tag) ? document.createElement(tag) : to;
    if (into instanceof HTMLAnchorElement) link(into, child.getAttribute('href') ?? '');
    copy(child, into);
    if (into !== to) to.appendChild(into);
  }
}

function link(anchor: HTMLAnchorElement, href: string): void {
  if (!/^https?:\/\//i.test(href)) return;
  anchor.href = href;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
}
