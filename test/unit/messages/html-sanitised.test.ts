import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { htmlToText } from '../../../src/messages/html.js';
import { sanitiseHtml } from '../../../src/messages/html-sanitised.js';

describe('sanitised HTML', () => {
  test.each([
    ['keeps formatting', '<p>It is <b>on its <i>way</i></b>.</p>', '<p>It is <b>on its <i>way</i></b>.</p>'],
    ['drops every attribute', '<p style="x" onclick="x()" id=a>Hi</p>', '<p>Hi</p>'],
    [
      'keeps a link to the web',
      '<a href="https://x.example/?a=1&amp;b" target=_blank>x</a>',
      '<a href="https://x.example/?a=1&amp;b">x</a>',
    ],
    ['drops javascript: and keeps its text', '<a href="java&#9;script:alert(1)">click</a>', 'click'],
    ['drops data: and relative addresses', '<a href="data:text/html,x">a</a><a href="/x">b</a>', 'ab'],
    ['drops scripts and styles with their content', 'a<script>alert(1)</script><style>b{}</style>c', 'ac'],
    [
      'drops frames, vectors and forms',
      '<svg onload=x><p>y</p></svg><iframe src=x></iframe>z<input value=q>',
      'z',
    ],
    ['says a picture in words', '<img src=x onerror=alert(1) alt="A <cat>">', 'A &lt;cat&gt;'],
    ['leaves unknown elements’ text', '<blink>now</blink>', 'now'],
    ['closes what was left open', '<ul><li>one<li>two', '<ul><li>one</li><li>two</li></ul>'],
    [
      'keeps literal text that looks like markup',
      '&lt;script&gt;alert(1)&lt;/script&gt;',
      '&lt;script&gt;alert(1)&lt;/script&gt;',
    ],
    [
      'reads as it was meant where an element that is not kept parted two that close each other',
      '<li><a href="javascript:x"><li>',
      '<li></li><li></li>',
    ],
    ['is not misled by an attribute', '<p title="</p><script>x</script>">y</p>', '<p>y</p>'],
  ])('%s', (_promise, html, expected) => {
    expect(sanitiseHtml(html)).toBe(expected);
  });

  test('of any bytes is of known elements only, says the same words, and is the same when done again', () => {
    const known =
      /<\/?(?:p|div|span|br|hr|b|strong|em|[ius]|strike|del|su[bp]|code|pre|blockquote|[uo]l|li|h[1-6]|table|t(?:head|body|foot|r|h|d)|a)>/g;
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '<',
        '>',
        '</a>',
        '<a href="javascript:x">',
        '<a href="https://x.example">',
        '"',
        '<li>',
        '</p>',
      ),
      fc.constantFrom(
        '<p onclick=x>',
        '<script>',
        '</script>',
        '<img src=x>',
        '<svg>',
        '<!--',
        '-->',
        '<![CDATA[',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const clean = sanitiseHtml(pieces.join('')) ?? '';
        const words = clean.replaceAll(known, '').replaceAll('<a href="https://x.example">', '');
        expect(words).not.toMatch(/[<>]/);
        expect(sanitiseHtml(clean)).toBe(clean);
      }),
    );
    const words = fc.array(fc.stringMatching(/^[a-zé&<>"]{1,8}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, (list) => {
        const escaped = list.map((word) => word.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
        const html = `<p>${escaped.join(' <b>x</b> ')}</p>`;
        expect(htmlToText(sanitiseHtml(html) ?? '')).toBe(htmlToText(html));
      }),
    );
  });

  test('of elements nested beyond reason is none', () => {
    expect(sanitiseHtml('<b>'.repeat(100))).toBeUndefined();
  });
});
