import { describe, expect, test } from '@jest/globals';
import { findReadable } from '../../../src/messages/find-readable.js';
import { richToText } from '../../../src/messages/rich-text.js';

describe('richToText: a rich message for readers of plain text', () => {
  test('numbers options through all sections', () => {
    const options = [
      { id: 'a', title: 'A-100', subtitle: 'Shoes', section: 'Open' },
      { id: 'b', title: 'A-101', section: 'Open' },
      { id: 'c', title: '', section: 'Closed' },
    ];
    expect(
      richToText({
        kind: 'listpicker',
        intro: 'Hello',
        title: 'Which order?',
        subtitle: 'Last 30 days',
        options,
        raw: {},
      }),
    ).toBe('Hello\nWhich order?\nLast 30 days\nOpen:\n1. A-100 – Shoes\n2. A-101\nClosed:\n3. c');
  });
  test('writes links with their addresses', () => {
    const links = [
      { title: 'Winter coats', url: 'https://shop.example.com/coats' },
      { url: 'https://a.example' },
    ];
    expect(richToText({ kind: 'richlink', options: [], links, raw: {} })).toBe(
      'Winter coats (https://shop.example.com/coats)\nhttps://a.example',
    );
  });
  test('says a title once when it is the text already', () => {
    expect(
      richToText({
        kind: 'quickreply',
        intro: 'Yes?',
        title: 'Yes?',
        options: [{ id: 'y', title: 'Yes' }],
        raw: {},
      }),
    ).toBe('Yes?\n1. Yes');
  });
  test('isolates titles when one reads from right to left', () => {
    const options = [
      { id: 'a', title: 'שלום' },
      { id: 'b', title: 'two' },
    ];
    expect(richToText({ kind: 'quickreply', options, raw: {} })).toBe(
      '1. \u2068שלום\u2069\n2. \u2068two\u2069',
    );
  });
  test('finds texts and links in content of an unknown kind', () => {
    const raw = {
      a: [{ title: 'Pay', b: { text: 'Total 5 €', url: 'https://pay.example/1' } }],
      link: 'javascript:x',
      id: 'hidden',
    };
    expect(richToText({ kind: 'payment', options: [], raw })).toBe('Pay\nTotal 5 €\nhttps://pay.example/1');
  });
  test('is empty when there is nothing to read', () => {
    expect(richToText({ kind: 'app', options: [], raw: null })).toBe('');
  });
  test('stays bounded on endless content', () => {
    let nested: unknown = { text: 'deep' };
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(findReadable(nested)).toEqual([]);
    expect(findReadable(Array.from({ length: 1000 }, (_, index) => ({ text: `t${index}` })))).toHaveLength(
      50,
    );
  });
});
