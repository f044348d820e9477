import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadConfig } from '../../../config/load.js';
import { adapters } from '../../../src/channels/index.js';
import { contentTree } from '../../../src/channels/webchat/content-tree.js';
import { parse as parseChat } from '../../../src/channels/webchat/parse.js';
import { bearerToken, checkSessionToken } from '../../../src/channels/webchat/session-token.js';
import { parseCallback } from '../../../src/egain/parse-callback.js';
import { richContent } from '../../../src/egain/rich-content.js';
import { outboundDefaults } from '../../../src/egain/switches.js';
import { translateOutbound } from '../../../src/egain/translate-outbound.js';
import { messageTypeValues } from '../../../src/egain/types.js';
import { htmlToText } from '../../../src/messages/html.js';
import { richToText } from '../../../src/messages/rich-text.js';
import { anyText } from '../../support/any-text.js';

/** Far more than any of it takes, far less than what hangs. */
const mostMs = 1000;

function soon<T>(work: () => T): T {
  const startedAt = performance.now();
  const result = work();
  expect(performance.now() - startedAt).toBeLessThan(mostMs);
  return result;
}

const word = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'type',
    'value',
    'title',
    'options',
    'list',
    'sections',
    'items',
    'id',
    'content',
  ),
  anyText({ maxLength: 20 }),
);
const anything = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.double(),
    fc.constantFrom(null, true, -1, 1e308, '<b>x</b>', '{"a":1}', '9999-99-99'),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(word, tie('any'), { maxKeys: 5 }),
  ),
})).any;

const tags = fc.constantFrom(
  '<b>',
  '</b>',
  '<a href="',
  '">',
  '<ul><li>',
  '<!--',
  '-->',
  '<script>',
  '&amp',
  '&#',
  '<![CDATA[',
  '<table><tr>',
  "<img src='",
  '<p',
  '\u0000',
);
const html = fc
  .array(fc.oneof(tags, anyText({ maxLength: 10 })), { maxLength: 40 })
  .map((parts) => parts.join(''));
const kinds = ['listpicker', 'quickreply', 'timepicker', 'form', 'richlink', 'card', 'surprise'];

describe('nothing that comes from outside makes a reader throw or hang', () => {
  test('HTML, for the plain channels and for the chat’s page', () => {
    fc.assert(
      fc.property(html, (text) => {
        expect(typeof soon(() => htmlToText(text))).toBe('string');
        soon(() => contentTree(text));
      }),
      { numRuns: 300 },
    );
    for (const unit of [
      '<b>',
      '<a href="x">',
      '&lt',
      '<!--',
      '<',
      '</',
      '<ul><li>',
      '<table>',
      "<img alt='",
    ]) {
      soon(() => htmlToText(unit.repeat(50_000)));
      soon(() => contentTree(unit.repeat(10_000)));
    }
  });

  test('rich messages', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anything, (kind, raw) => {
        expect(typeof soon(() => richToText(richContent(kind, raw)))).toBe('string');
      }),
      { numRuns: 300 },
    );
  });

  test('what eGain calls back with, up to the message a channel is given', () => {
    const item = fc.record(
      {
        id: anything,
        type: fc.oneof(
          fc.constantFrom(...messageTypeValues).map((value) => ({ value })),
          anything,
        ),
        sender: anything,
        conversation: fc.oneof(fc.constant({ id: 'c-1' }), anything),
        content: anything,
        attachments: anything,
        timestamp: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 3 }), (message) => {
        const parsed = soon(() => parseCallback({ messages: { message } }));
        expect(parsed.ok).toBe(true);
        for (const one of parsed.ok ? parsed.items : []) {
          if (!one.ok) continue;
          soon(() =>
            translateOutbound(
              one.message,
              { id: one.id, conversationId: one.conversationId, htmlToText },
              outboundDefaults,
            ),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the web chat’s messages and sessions', () => {
    const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
    fc.assert(
      fc.property(anything, anyText({ maxLength: 200 }), (body, text) => {
        for (const bytes of [JSON.stringify(body), text]) {
          const request = {
            method: 'POST',
            path: '/chat/chat/messages',
            query: new URLSearchParams(),
            headers: new Map([['authorization', `Bearer ${text}`]]),
            body: Buffer.from(bytes),
          };
          expect(soon(() => parseChat(request))).toHaveProperty('ok', false);
        }
        expect(soon(() => checkSessionToken(bearerToken(`Bearer ${text}`), secrets, 0)).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('a configuration: it is refused in words, or read', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'egain:',
        'channels:',
        '  support:',
        '  - &a [*a, *a]',
        '<<: *a',
        'publicUrl: ${X}',
        '? [',
        '!!js/function x',
        '"__proto__": {a: 1}',
        'server: {port: 1e99}',
        '%YAML 9',
        '---',
      ),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const loaded = soon(() =>
          loadConfig({ file: 'bridge.yaml', env: {}, adapters, readFile: () => lines.join('\n') }),
        );
        expect(loaded.ok || loaded.problems.length > 0).toBe(true);
      }),
      { numRuns: 100 },
    );
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        { length: 9 },
        (_, n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${`*${'abcdefghi'[n]},`.repeat(9)}]`,
      ),
    ];
    expect(
      soon(() => loadConfig({ file: 'bridge.yaml', env: {}, adapters, readFile: () => bomb.join('\n') })).ok,
    ).toBe(false);
  });

  test.each([
    ['that holds itself', 'a: &a [*a]'],
    ['that is nested without end', '['.repeat(20_000)],
  ])('a configuration %s is refused in words', (_what, text) => {
    const loaded = loadConfig({ file: 'bridge.yaml', env: {}, adapters, readFile: () => text });
    expect(loaded).toMatchObject({ ok: false, problems: [{ expected: expect.stringMatching(/YAML/) }] });
  });

  test('I9: and nothing of it gets into the prototype of everything', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });
});
