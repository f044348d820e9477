import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentTree } from '../../../src/channels/webchat/content-tree.js';
import { contentTags, type ContentNode } from '../../../src/channels/webchat/events.js';

const flat = (nodes: readonly ContentNode[]): string =>
  nodes.map((node) => (typeof node === 'string' ? node : flat(node.children))).join('');

describe('an agent’s HTML in the web chat', () => {
  test('keeps what a chat can show', () => {
    expect(
      contentTree(
        '<p>See <strong>this</strong> <a href="https://x.example/?a=1&amp;b=2">page</a><br>now</p>',
      ),
    ).toEqual([
      {
        tag: 'p',
        children: [
          'See ',
          { tag: 'b', children: ['this'] },
          ' ',
          { tag: 'a', href: 'https://x.example/?a=1&b=2', children: ['page'] },
          { tag: 'br', children: [] },
          'now',
        ],
      },
    ]);
  });

  test.each([
    ['<b>x</b><script>alert(1)</script>', 'x'],
    ['<b>x</b><style>*{display:none}</style>', 'x'],
    ['<b onclick="alert(1)" style="position:fixed">x</b>', 'x'],
    ['<b>x</b><a href="javascript:alert(1)">link</a>', 'xlink'],
    ['<b>x</b><a href="jav&#x09;ascript:alert(1)">link</a>', 'xlink'],
    ['<b>x</b><a href="data:text/html,<script>">link</a>', 'xlink'],
    ['<b>x</b><svg onload=alert(1)><desc>d</desc></svg>', 'xd'],
    ['<b>x</b><iframe srcdoc="<script>">y</iframe>', 'x'],
    ['<b>x</b><img src=x onerror=alert(1) alt="a cat">', 'xa cat'],
    ['<b>&lt;script&gt;</b>', '<script>'],
    ['<b>x', 'x'],
    ['<b>x</i></b></p>y', 'xy'],
  ])('%s shows only its words', (html, words) => {
    const tree = contentTree(html) ?? [];
    expect(flat(tree)).toBe(words);
    expect(JSON.stringify(tree)).not.toMatch(
      /onclick|onerror|onload|javascript|srcdoc|position|"tag":"script"/i,
    );
  });

  test('is nothing where the plain text says it all, or where it is more than a chat can show', () => {
    expect(contentTree('just words')).toBeUndefined();
    expect(contentTree('<p>just</p><div>words</div>')).toBeUndefined();
    expect(contentTree('<b>'.repeat(10_000))).toBeUndefined();
    expect(contentTree('<b>x</b>'.repeat(5000))).toBeUndefined();
  });

  test('whatever the HTML, only known nodes and harmless addresses come out', () => {
    const check = (nodes: readonly ContentNode[], depth: number): void => {
      expect(depth).toBeLessThan(64);
      for (const node of nodes) {
        if (typeof node === 'string') continue;
        expect(contentTags).toContain(node.tag);
        if (node.href !== undefined) expect(node.href).toMatch(/^(https?|mailto|tel|sms):/i);
        check(node.children, depth + 1);
      }
    };
    const piece = fc.constantFrom(
      '<b>',
      '</b>',
      '<a href="',
      'javascript:',
      'https://e.example',
      '">',
      '</a>',
      '<p>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '&lt;',
      'x',
      '<ul><li>',
      "'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (html) => {
          check(contentTree(html) ?? [], 0);
        },
      ),
    );
  });
});
