import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { htmlToText } from '../../../src/messages/html.js';
import { anyText } from '../../support/any-text.js';

describe('htmlToText: what an agent wrote, as a reader would see it', () => {
  const cases: readonly (readonly [promise: string, html: string, text: string])[] = [
    ['keeps plain text', 'Hello Dana', 'Hello Dana'],
    [
      'keeps a link with its address',
      'See <a href="https://help.example.com/track">tracking</a>.',
      'See tracking (https://help.example.com/track).',
    ],
    [
      'shows an address once when it is its own text',
      '<a href="https://a.example/x">https://a.example/x</a>',
      'https://a.example/x',
    ],
    [
      'shows an address once when only the scheme differs',
      '<a href="https://a.example/">a.example</a> now',
      'a.example now',
    ],
    ['shows a mail address once', '<a href="mailto:a@b.example">a@b.example</a>', 'a@b.example'],
    [
      'names a mail address behind its text',
      '<a href="mailto:a@b.example">Write us</a>',
      'Write us (a@b.example)',
    ],
    [
      'shows the address of a link without text',
      'go: <a href="https://a.example/x"></a>',
      'go: https://a.example/x',
    ],
    [
      'moves a space at the end of a link behind the address',
      '<a href="https://a.example">one </a>two',
      'one (https://a.example) two',
    ],
    ['leaves only the text of a script link', '<a href="javascript:alert(1)">press</a>', 'press'],
    [
      'leaves only the text of a script link in disguise',
      '<a href=" java&#9;script:alert(1)">press</a>',
      'press',
    ],
    ['leaves only the text of a data link', '<a href="DATA:text/html,hi">press</a>', 'press'],
    ['leaves only the text of a relative link', '<a href="/local">here</a>', 'here'],
    [
      'keeps literal text that looks like markup',
      'use &lt;b&gt; for bold &amp;amp; 2 &lt; 3',
      'use <b> for bold &amp; 2 < 3',
    ],
    ['keeps a heart and a comparison', 'I <3 you, 2 < 3 and 5 > 4', 'I <3 you, 2 < 3 and 5 > 4'],
    ['decodes named and numbered characters', '&eacute;&#233;&#xe9;&#x1F44B;', 'ééé👋'],
    [
      'drops scripts, styles, comments and titles',
      'a<script>b()</script><style>c{}</style><!-- d --><title>e</title>f',
      'af',
    ],
    ['keeps the text of elements nobody knows', '<acme-box>one</acme-box> <blink>two</blink>', 'one two'],
    ['puts blocks on lines of their own', '<div>one</div><div>two</div>three', 'one\ntwo\nthree'],
    ['parts paragraphs by an empty line', '<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['keeps line breaks', 'one<br>two<br/><br>three', 'one\ntwo\n\nthree'],
    ['counts no break at the end of a block twice', '<div>one<br></div><div>two</div>', 'one\ntwo'],
    ['keeps the empty line editors write', '<div>one</div><div><br></div><div>two</div>', 'one\n\ntwo'],
    ['makes one empty line of an empty paragraph', '<p>one</p><p>&nbsp;</p><p>two</p>', 'one\n\ntwo'],
    ['folds white space', '  one \n\t two  <b> three</b> ', 'one two three'],
    ['makes plain spaces of hard ones', 'one&nbsp;two', 'one two'],
    ['keeps preformatted text', '<pre>a\n  b</pre>c', 'a\n  b\n\nc'],
    ['keeps bullets', '<ul><li>one</li><li>two</li></ul>', '• one\n• two'],
    ['keeps numbers and where they start', '<ol start="3"><li>one<li>two</ol>', '3. one\n4. two'],
    [
      'indents a list inside a list',
      '<ul><li>one<ol><li>a</li><li>b</li></ol></li><li>two</li></ul>',
      '• one\n  1. a\n  2. b\n• two',
    ],
    [
      'writes the bullet when an item holds a paragraph',
      '<ul><li><p>one</p></li><li><p>two</p></li></ul>',
      '• one\n• two',
    ],
    [
      'parts the cells of a table',
      '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>',
      'a | b\n1 | 2',
    ],
    [
      'names a picture by its alternative text',
      'hi <img src="https://x.example/w.png" alt="👋"> there',
      'hi 👋 there',
    ],
    [
      'names a picture without one by its address',
      '<img src="https://x.example/w.png">',
      'https://x.example/w.png',
    ],
    ['keeps quiet about a tracking pixel', 'a<img src="https://x.example/t" width="1" height="1">', 'a'],
    [
      'survives what is never closed',
      '<div><b>one<a href="https://x.example">two',
      'one\ntwo'.replace('\n', '') + ' (https://x.example)',
    ],
    ['is empty for nothing', '<p></p><br> &#32; ', ''],
  ];
  test.each(cases)('%s', (_promise, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  test('never throws and never returns white space around the text', () => {
    const piece = fc.oneof(
      anyText(),
      fc.constantFrom(
        '<',
        '>',
        '</a>',
        '<a href="',
        '"',
        '<li>',
        '</ul>',
        '<ol>',
        '<pre>',
        '<br>',
        '<td>',
        '&#',
        '&amp',
        '<!--',
        '<script>',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = htmlToText(pieces.join(''));
        expect(text).not.toMatch(/^\n|\n$| \n/);
      }),
    );
  });

  test('keeps all text however deep the elements lie', () => {
    const nested = Array.from({ length: 2000 }, (_, depth) => `<b>${depth} `).join('');
    const text = Array.from({ length: 2000 }, (_, depth) => String(depth)).join(' ');
    expect(htmlToText(`${nested}${'</b>'.repeat(2000)} end`)).toBe(`${text} end`);
  });

  test.each([
    ['open links', '<a href="https://x.example">'.repeat(30_000) + '</div>'.repeat(30_000)],
    ['elements never closed', '<b>'.repeat(60_000) + '</i>'.repeat(60_000)],
    ['hard spaces', `<pre>${'&nbsp; '.repeat(100_000)}x</pre>${'x&nbsp; '.repeat(100_000)}`],
    ['empty lines', `${' '.repeat(200_000)}${'<br>'.repeat(100_000)}x`],
    ['spaces in an address', `<a href="${' '.repeat(200_000)}x${' '.repeat(200_000)}y">`],
    ['links on one line', '<a href="https://x.example/">x </a>'.repeat(20_000)],
  ])('takes no more than its time over %s', (_what, html) => {
    const started = process.cpuUsage().user;
    htmlToText(html);
    // Milliseconds when it is linear, ten seconds and more when it is not.
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(3000);
  });

  test('gives back any escaped text word for word', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((word) => !/[\s\0\u00a0]/.test(word)),
      { minLength: 1 },
    );
    const escape = (word: string): string =>
      word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    fc.assert(
      fc.property(words, (list) => {
        expect(htmlToText(`<p>${list.map(escape).join(' <i>')}</p>`)).toBe(list.join(' '));
      }),
    );
  });
});
