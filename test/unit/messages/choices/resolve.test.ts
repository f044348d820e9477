import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalised, typedNumber } from '../../../../src/messages/choices/normalise.js';
import { offerOf, usualOpenMs, type KeptOffer } from '../../../../src/messages/choices/offer.js';
import { resolve, type ResolveContext } from '../../../../src/messages/choices/resolve.js';
import { distinctTokens, tokenFrom, tokenPattern } from '../../../../src/messages/choices/token.js';
import type { InboundMessage, RichOption } from '../../../../src/messages/model.js';
import { anyText } from '../../../support/any-text.js';

const made = 1_700_000_000_000;
const titles = ['Blue shoes', 'Black coat', 'Red hat', 'Größe 42', 'Zürich'];
const optionsOf = (names: readonly string[]): RichOption[] =>
  names.map((title, index) => ({ id: `ord-${index + 1}`, token: `c.tok${100 + index}`, title }));

function offered(over: Partial<KeptOffer> = {}, names: readonly string[] = titles): KeptOffer {
  const rich = { kind: 'listpicker', options: optionsOf(names), raw: {}, multiple: over.multiple === true };
  const offer = offerOf(rich, {
    key: 'hub-1',
    conversationId: 'c-1',
    parent: { id: 'hub-1', messageId: 'm-1' },
  });
  if (offer === undefined) throw new Error('an offer of some options is one');
  return { ...offer, at: made, state: {}, ...over };
}

const text = (words: string, over: Partial<InboundMessage> = {}): InboundMessage => ({
  id: 'in-1',
  type: 'text',
  customer: { id: 'u' },
  text: words,
  ...over,
});
const tap = (id: string, over: Partial<InboundMessage> = {}): InboundMessage => ({
  id: 'in-1',
  type: 'choice',
  customer: { id: 'u' },
  choices: [{ id }],
  ...over,
});
const context = (over: Partial<ResolveContext> = {}): ResolveContext => ({
  offers: [offered()],
  conversationId: 'c-1',
  acceptedAt: made + 1000,
  moreWords: ['mehr', 'more'],
  openMs: usualOpenMs,
  ...over,
});

/** The ids chosen, or what else it was. */
function meant(message: InboundMessage, over: Partial<ResolveContext> = {}): string {
  const found = resolve(message, context(over));
  if (found.kind === 'choice') return found.options.map(({ id }) => id).join(',');
  return found.kind === 'stale' ? `stale: ${found.title}` : found.kind;
}

describe('a typed answer means the option that was offered', () => {
  test.each([
    ['2', 'ord-2'],
    [' 2. ', 'ord-2'],
    ['2)', 'ord-2'],
    ['(2)', 'ord-2'],
    ['02', 'ord-2'],
    ['٣', 'ord-3'],
    ['３', 'ord-3'],
    ['३', 'ord-3'],
    ['③', 'ord-3'],
    ['2️⃣', 'ord-2'],
    ['\u200f2\u200e', 'ord-2'],
    ['ord-4', 'ord-4'],
    ['ORD-4', 'ord-4'],
    ['black coat', 'ord-2'],
    ['  BLACK   COAT. ', 'ord-2'],
    ['grösse 42', 'ord-4'],
    ['GRÖSSE 42', 'ord-4'],
    ['gro\u0308ße 42', 'ord-4'],
    ['blu', 'ord-1'],
    ['zür', 'ord-5'],
  ])('%j', (answer, id) => {
    expect(meant(text(answer))).toBe(id);
  });

  test.each([
    '0',
    '6',
    '99999',
    'bl',
    'b',
    'green',
    'I would like the blue shoes',
    '1,3',
    '',
    ' ',
    '2 please',
  ])('%j is plain text', (answer) => {
    expect(meant(text(answer))).toBe('none');
  });

  test('a number goes before an id, an id before a title, a title before a beginning', () => {
    const options = [
      { id: '2', token: 'c.aaaaaa', title: 'Coat' },
      { id: 'x', token: 'c.bbbbbb', title: 'Coat rack' },
      { id: 'coat rack', token: 'c.cccccc', title: 'Shelf' },
    ];
    const offers = [offered({ options })];
    expect(meant(text('2'), { offers })).toBe('x');
    expect(meant(text('coat rack'), { offers })).toBe('coat rack');
    expect(meant(text('coat'), { offers })).toBe('2');
  });

  test('what two options might mean is nobody’s choice', () => {
    const offers = [offered({}, ['Blue coat', 'Blue hat', 'Same', 'Same'])];
    expect(meant(text('blue'), { offers })).toBe('none');
    expect(meant(text('same'), { offers })).toBe('none');
    expect(meant(text('blue c'), { offers })).toBe('ord-1');
  });

  test('a beginning needs three characters as a reader counts them', () => {
    const offers = [offered({}, ['👨‍👩‍👧‍👦🇵🇹é family', 'other'])];
    expect(meant(text('👨‍👩‍👧‍👦🇵🇹'), { offers })).toBe('none');
    expect(meant(text('👨‍👩‍👧‍👦🇵🇹é'), { offers })).toBe('ord-1');
  });

  test('files beside the words, and texts nobody would choose with, are no answer', () => {
    expect(meant(text('2', { attachments: [{ name: 'a.png' }] }))).toBe('none');
    expect(meant(text(`2${' '.repeat(400)}`))).toBe('none');
  });
});

describe('several options where several may be chosen', () => {
  const offers = [offered({ multiple: true })];
  test.each([
    ['1,3', 'ord-1,ord-3'],
    ['1 3', 'ord-1,ord-3'],
    ['1; 3 / 2', 'ord-1,ord-3,ord-2'],
    ['1 and 3', 'ord-1,ord-3'],
    ['1 & 3', 'ord-1,ord-3'],
    ['١، ٣', 'ord-1,ord-3'],
    ['black coat, red hat', 'ord-2,ord-3'],
    ['black coat and red', 'ord-2,ord-3'],
    ['3, 3', 'ord-3'],
    ['2', 'ord-2'],
  ])('%j', (answer, ids) => {
    expect(meant(text(answer), { offers })).toBe(ids);
  });
  test.each(['1, 9', '1 and green', ', ,'])('%j is plain text: every part must mean one', (answer) => {
    expect(meant(text(answer), { offers })).toBe('none');
  });
});

describe('a tap means what its button stood for', () => {
  test('by token, by eGain’s id, in any of the offers', () => {
    const older = offered({ key: 'hub-0', at: made - 5000 }, ['Yes', 'No']);
    const offers = [
      {
        ...older,
        options: older.options.map((option, index) => ({
          ...option,
          token: `c.old00${index}`,
          id: `o${index}`,
        })),
      },
      offered(),
    ];
    expect(meant(tap('c.tok101'), { offers })).toBe('ord-2');
    expect(meant(text('c.tok101'), { offers })).toBe('ord-2');
    expect(meant(tap('ord-3'), { offers })).toBe('ord-3');
    expect(meant(tap('c.old001'), { offers })).toBe('o1');
  });

  test('of two offers with the same ids the one it points at is meant', () => {
    const offers = [offered({ key: 'hub-0', at: made - 5000 }), offered()];
    const found = resolve(tap('ord-1', { replyTo: 'hub-0' }), context({ offers }));
    expect(found).toMatchObject({ kind: 'choice', offer: { key: 'hub-0' } });
    expect(resolve(tap('ord-1'), context({ offers }))).toMatchObject({ offer: { key: 'hub-1' } });
  });

  test('a choice that was never offered is none', () => {
    expect(meant(tap('c.zzzzzz'))).toBe('none');
    expect(meant(tap('../../etc/passwd'))).toBe('none');
    expect(meant(tap('ord-1', { choices: [{ id: 'ord-1' }, { id: 'nope' }] }))).toBe('none');
  });

  test('several taps at once only where several may be chosen', () => {
    const both = tap('', { choices: [{ id: 'ord-1' }, { id: 'c.tok102' }] });
    expect(meant(both)).toBe('none');
    expect(meant(both, { offers: [offered({ multiple: true })] })).toBe('ord-1,ord-3');
  });

  test('the second tap within ten seconds is the first one; a later one is text with the title', () => {
    const answered = { by: 'in-0', at: made + 1000, tokens: ['c.tok100'] };
    const offers = [offered({ state: { answered } })];
    expect(meant(tap('c.tok100'), { offers, acceptedAt: made + 10_999 })).toBe('repeat');
    expect(meant(tap('c.tok100'), { offers, acceptedAt: made + 11_000 })).toBe('stale: Blue shoes');
    expect(meant(tap('c.tok101'), { offers, acceptedAt: made + 2000 })).toBe('stale: Black coat');
    expect(meant(text('2'), { offers, acceptedAt: made + 2000 })).toBe('none');
  });

  test('I3: the message that answered, worked on again after a crash, means the same', () => {
    const answered = { by: 'in-1', at: made + 1000, tokens: ['c.tok101'] };
    expect(meant(text('2'), { offers: [offered({ state: { answered } })] })).toBe('ord-2');
  });
});

describe('an offer ends', () => {
  test('after a day', () => {
    expect(meant(text('2'), { acceptedAt: made + usualOpenMs - 1 })).toBe('ord-2');
    expect(meant(text('2'), { acceptedAt: made + usualOpenMs })).toBe('none');
    expect(meant(tap('c.tok101'), { acceptedAt: made + usualOpenMs })).toBe('stale: Black coat');
  });
  test('with its conversation', () => {
    expect(meant(text('2'), { conversationId: undefined })).toBe('none');
    expect(meant(text('2'), { conversationId: 'c-2' })).toBe('none');
    expect(meant(tap('ord-2'), { conversationId: 'c-2' })).toBe('stale: Black coat');
  });
  test('and cannot be answered by what was written before it was made', () => {
    expect(meant(text('2'), { acceptedAt: made - 1 })).toBe('none');
  });
  test('the newest wins: a number means nothing to an older one, a title still does', () => {
    const offers = [
      offered(),
      offered({ key: 'hub-2', at: made + 500, options: offered({}, ['Yes', 'No']).options }),
    ];
    expect(meant(text('2'), { offers })).toBe('ord-2');
    expect(resolve(text('2'), context({ offers }))).toMatchObject({ offer: { key: 'hub-2' } });
    expect(meant(text('5'), { offers })).toBe('none');
    expect(resolve(text('Red hat'), context({ offers }))).toMatchObject({
      kind: 'choice',
      offer: { key: 'hub-1' },
    });
  });
});

describe('a long list comes in pages', () => {
  const long = Array.from({ length: 45 }, (_, index) => `Item no ${index + 1}`);
  test('the word for more shows the next ones until there are none', () => {
    let offer = offered({}, long);
    const seen: [number, number][] = [];
    for (let page = 0; page < 5; page += 1) {
      const found = resolve(
        text(page % 2 === 0 ? 'MORE' : 'Mehr.'.replace('.', ''), { id: `in-${page}` }),
        context({ offers: [offer] }),
      );
      if (found.kind !== 'more') break;
      seen.push([found.from, found.count]);
      const shown = { count: found.from + found.count, from: found.from, by: `in-${page}` };
      offer = { ...offer, state: { shown } };
    }
    expect(seen).toEqual([
      [10, 10],
      [20, 10],
      [30, 10],
      [40, 5],
    ]);
  });
  test('the same message, worked on again, shows the same page', () => {
    const state = { shown: { count: 20, from: 10, by: 'in-1' } };
    expect(resolve(text('more'), context({ offers: [offered({ state }, long)] }))).toMatchObject({
      from: 10,
      count: 10,
    });
  });
  test('an option of that name is chosen, a short list has no more', () => {
    expect(meant(text('more'), { offers: [offered({}, [...long, 'More'])] })).toBe('ord-46');
    expect(meant(text('more'))).toBe('none');
  });
  test('options not shown yet can be chosen', () => {
    expect(meant(text('45'), { offers: [offered({}, long)] })).toBe('ord-45');
  });
});

describe('a form that the channel shows comes back field by field', () => {
  const fields = [
    { id: 'name', title: 'Your name' },
    { id: 'size', title: 'Size' },
  ];
  const form = offered({ options: [], fields });
  const filled = tap('', {
    choices: [
      { id: 'name', title: 'Dana' },
      { id: 'size', title: 'M' },
    ],
  });
  test('while it is open', () => {
    expect(resolve(filled, context({ offers: [form] }))).toMatchObject({
      kind: 'form',
      values: [
        { id: 'name', title: 'Your name', value: 'Dana' },
        { id: 'size', title: 'Size', value: 'M' },
      ],
    });
  });
  test('afterwards as text', () => {
    expect(meant(filled, { offers: [form], conversationId: 'c-2' })).toBe('stale: Your name: Dana\nSize: M');
  });
  test('a field it does not have is nothing it asked for', () => {
    expect(meant(tap('other'), { offers: [form] })).toBe('none');
  });
});

describe('normalised', () => {
  test('reads every decimal digit that Unicode has', () => {
    const zeros: number[] = [];
    for (let code = 0; code < 0x1fbfa; code += 1) {
      const before = String.fromCodePoint(Math.max(0, code - 1));
      if (
        /^\p{Nd}$/u.test(String.fromCodePoint(code)) &&
        (zeros.at(-1) ?? -10) + 10 <= code &&
        !/\p{Nd}/u.test(before)
      )
        zeros.push(code);
    }
    expect(zeros.length).toBeGreaterThan(50);
    for (const zero of zeros) {
      const three = String.fromCodePoint(zero + 3);
      expect([zero.toString(16), typedNumber(normalised(`${three}.`))]).toEqual([zero.toString(16), 3]);
    }
  });
  test('is stable and total', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 50 }), (words) => {
        expect(normalised(normalised(words))).toBe(normalised(words));
      }),
      { numRuns: 500 },
    );
  });
});

describe('for any offer', () => {
  const title = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    anyText({ maxLength: 8 }),
  );
  const anyOffer = fc
    .array(fc.record({ id: fc.string({ maxLength: 12 }), title }), { minLength: 1, maxLength: 30 })
    .map((entries) => {
      const tokens = distinctTokens(entries.length, (index, attempt) =>
        Uint8Array.of(1, 2, 3, 4, 5, index, attempt, 9),
      );
      return offered({ options: entries.map((entry, index) => ({ ...entry, token: tokens[index] ?? '' })) });
    });

  test('token and number of every option mean that option', () => {
    fc.assert(
      fc.property(anyOffer, fc.nat(), (offer, pick) => {
        const at = pick % offer.options.length;
        const option = offer.options[at];
        for (const answer of [text(String(at + 1)), tap(option?.token ?? '')]) {
          expect(resolve(answer, context({ offers: [offer] }))).toMatchObject({
            kind: 'choice',
            options: [option],
          });
        }
      }),
    );
  });
  test('whatever is typed or tapped, nothing throws and nothing is chosen that was not offered', () => {
    fc.assert(
      fc.property(anyOffer, title, fc.boolean(), (offer, words, multiple) => {
        for (const answer of [text(words), tap(words)]) {
          const found = resolve(answer, context({ offers: [{ ...offer, multiple }] }));
          if (found.kind === 'choice')
            for (const option of found.options) expect(offer.options).toContainEqual(option);
          else expect(['none', 'more', 'stale']).toContain(found.kind);
        }
      }),
      { numRuns: 300 },
    );
  });
  test('tokens are different, short, and the same for the same bytes', () => {
    const draw = (index: number, attempt: number): Uint8Array =>
      Uint8Array.of(0, 0, 0, 0, 0, 0, attempt, index % 7);
    const tokens = distinctTokens(50, draw);
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(tokenPattern);
    expect(distinctTokens(50, draw)).toEqual(tokens);
    expect(() => tokenFrom(new Uint8Array(7))).toThrow(RangeError);
  });
  test('more than can be kept is no offer', () => {
    const options = Array.from({ length: 1000 }, (_, index) => ({
      id: `${index}`,
      token: `c.${index}`,
      title: 'x'.repeat(500),
    }));
    expect(
      offerOf({ kind: 'listpicker', options, raw: {} }, { key: 'k', conversationId: 'c', parent: {} }),
    ).toBeUndefined();
    expect(
      offerOf({ kind: 'richlink', options: [], raw: {} }, { key: 'k', conversationId: 'c', parent: {} }),
    ).toBeUndefined();
  });
});
