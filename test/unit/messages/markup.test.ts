/** Rendering and taking the markup off again must leave every character a reader could see. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentTree } from '../../../src/channels/webchat/content-tree.js';
import type { ContentNode } from '../../../src/channels/webchat/events.js';
import { cleanText } from '../../../src/messages/clean-text.js';
import { escapeHtml } from '../../../src/messages/html-escape.js';
import { htmlToText } from '../../../src/messages/html.js';
import { sanitiseHtml } from '../../../src/messages/html-sanitised.js';

const looksLikeMarkup = [
  '2 * 3 * 4',
  'snake_case_name',
  '<3',
  '<b>',
  '&lt;',
  '[a](b)',
  '`code`',
  '@everyone',
  '# no',
];
const words = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  // Halves of characters, alone and beside what could complete them.
  fc.constantFrom('\ud83d', '\ude00', 'a\ud83d', '\udc00b', '\ude00\ud83d'),
  fc.constantFrom(...looksLikeMarkup, 'שלום', '👨‍👩‍👧‍👦', 'e\u0301', 'مرحبا', '&amp;amp;'),
);
const tags = ['b', 'i', 'u', 'p', 'div', 'span', 'blockquote', 'marquee', 'code', 'h2'] as const;
interface Made {
  readonly html: string;
  readonly seen: string;
}
const { html: content } = fc.letrec<{ html: Made }>((tie) => ({
  html: fc.oneof(
    { depthSize: 'small' },
    words.map((seen) => ({ html: escapeHtml(seen), seen })),
    fc.tuple(fc.constantFrom(...tags), fc.array(tie('html'), { maxLength: 3 })).map(([tag, inner]) => ({
      html: `<${tag} onclick="steal()">${inner.map(({ html }) => html).join('')}</${tag}>`,
      seen: inner.map(({ seen }) => seen).join(''),
    })),
    fc
      .constantFrom('<script>steal()</script>', '<style>p{}</style>', '<!-- no -->')
      .map((html) => ({ html, seen: '' })),
  ),
}));

/** White space is laid out anew; control characters are never seen. */
const visible = (text: string): string => text.replace(/[\s\p{Cc}\u00a0]/gu, '').normalize('NFC');
const textOf = (nodes: readonly ContentNode[]): string =>
  nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('');

test('plain text keeps every visible character, scripts none', () => {
  fc.assert(
    fc.property(content, ({ html, seen }) => {
      expect(visible(htmlToText(html))).toBe(visible(seen));
    }),
    { numRuns: 300 },
  );
});

test('so does the chat’s tree, which knows no attribute but a link’s address', () => {
  fc.assert(
    fc.property(content, ({ html, seen }) => {
      const tree = contentTree(html);
      if (tree === undefined) return;
      expect(visible(textOf(tree))).toBe(visible(seen));
      expect(JSON.stringify(tree)).not.toMatch(/onclick|"tag":"(?:script|style)"/);
    }),
    { numRuns: 300 },
  );
});

test('so does sanitised HTML', () => {
  fc.assert(
    fc.property(content, ({ html, seen }) => {
      const clean = sanitiseHtml(html);
      if (clean === undefined) return;
      expect(visible(htmlToText(clean))).toBe(visible(seen));
      expect(clean).not.toMatch(/onclick|<(?:script|style|marquee)/);
    }),
    { numRuns: 300 },
  );
});

test('a half of a character hides nothing beside it, and what leaves the bridge is well-formed', () => {
  fc.assert(
    fc.property(content, ({ html, seen }) => {
      const sent = cleanText(htmlToText(html));
      expect(Buffer.from(sent).toString()).toBe(sent);
      // Two halves may meet when the markup between them is gone, so they are left out on both sides.
      const whole = (text: string): string => visible(text.replaceAll(/[\ud800-\udfff\ufffd]/g, ''));
      expect(whole(sent)).toBe(whole(seen));
    }),
    { numRuns: 300 },
  );
});
