import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { seriousFindings } from './support/accessibility.js';
import { openPage, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { startChatWorld, type ChatWorld } from './support/chat-world.js';
import { heard, listen } from './support/live-regions.js';

// How the chat reads: in both directions, over several days, by the keyboard and by ear.
let stage: ChatWorld;
const opened: PageWatch[] = [];

beforeAll(async () => {
  stage = await startChatWorld();
});
afterAll(() => stage.close());

async function open(options: Parameters<typeof openPage>[2] = {}): Promise<PageWatch & { chat: ChatPage }> {
  const watch = await openPage(stage.browser, stage.chatUrl, { width: 420, height: 720, ...options });
  opened.push(watch);
  await watch.page.locator('body[data-connection="online"]').waitFor();
  return { ...watch, chat: new ChatPage(watch.page) };
}

/** Middle of an element, in CSS pixels from the left. */
async function middleOf(page: Page, selector: string): Promise<number> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return box.x + box.width / 2;
}

/** Left edges of pieces of text as they are drawn, by an expression that gives an element. */
const leftOf = async (page: Page, element: string): Promise<number> =>
  Number(await page.evaluate(`(${element}).getBoundingClientRect().left`));

describe('from right to left', () => {
  let rtl: PageWatch & { chat: ChatPage };

  test('the whole page is mirrored', async () => {
    rtl = await open({ locale: 'ar-EG' });
    const { page, chat } = rtl;
    expect(await page.evaluate('[document.documentElement.dir, document.documentElement.lang]')).toEqual([
      'rtl',
      'ar-EG',
    ]);
    await page.getByRole('textbox', { name: 'رسالة' }).fill('أين طلبي؟');
    await page.getByRole('button', { name: 'إرسال' }).click();
    await chat.own('أين طلبي؟').and(page.locator('[data-state="accepted"]')).waitFor();
    const id = await stage.conversationWith('أين طلبي؟');
    stage.act(id, { do: 'text', text: 'مرحبا' });
    await chat.message('مرحبا').waitFor();
    const width = 420;
    // Own words stand left, the other side's right; writing goes from the right to the button at the left.
    expect(await middleOf(page, '.message.own')).toBeLessThan(width / 2);
    expect(await middleOf(page, '.message:not(.own)')).toBeGreaterThan(width / 2);
    expect(await middleOf(page, '#send')).toBeLessThan(await middleOf(page, '#text'));
    expect(await middleOf(page, '#attach')).toBeGreaterThan(await middleOf(page, '#text'));
    expect(await middleOf(page, '#end')).toBeLessThan(await middleOf(page, '#title'));
    expect(await page.evaluate("getComputedStyle(document.querySelector('#send svg')).transform")).toMatch(
      /^matrix\(-1,/,
    );
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('an address, a file and several answers keep their own direction in the middle of it', async () => {
    const { page, chat } = rtl;
    const id = await stage.conversationWith('أين طلبي؟');
    stage.act(id, { do: 'text', text: 'تتبع https://example.com/a/1?b=2 هنا' });
    const address = chat.message('تتبع').getByRole('link');
    await address.waitFor();
    expect(await address.locator('bdi').getAttribute('dir')).toBe('ltr');
    const text = "[...document.querySelectorAll('.text')].at(-1)";
    expect(await page.evaluate(`getComputedStyle(${text}).direction`)).toBe('rtl');

    const options = [
      { id: '1', title: 'A-100' },
      { id: '2', title: 'طلب 7' },
      { id: '3', title: 'B-200' },
    ];
    const list = { multipleSelection: true, sections: [{ title: 'x', items: options }] };
    stage.act(id, { do: 'rich', kind: 'listpicker', json: { type: 'list', title: 'أيها؟', list } });
    const offer = chat.offer('أيها؟');
    await offer.waitFor();
    for (const box of await offer.getByRole('checkbox').all()) await box.check();
    await offer.getByRole('button', { name: 'تأكيد' }).click();
    const own = "[...document.querySelectorAll('.message.own')].at(-1)";
    await eventually(
      async () => (await page.evaluate(`${own}.querySelectorAll('bdi').length`)) === options.length,
    );
    const shown = await chat.own('A-100').getByTestId('text').innerText();
    expect(shown).toBe('A-100, طلب 7, B-200');
    // Begun by Latin letters the line runs from left to right, and the answers stand in the order they were given.
    const [first, second, third] = await Promise.all(
      [0, 1, 2].map((n) => leftOf(page, `${own}.querySelectorAll('bdi')[${n}]`)),
    );
    expect([Number(first) < Number(second), Number(second) < Number(third)]).toEqual([true, true]);
  });

  test('a single right-to-left message in a left-to-right page is laid out by itself', async () => {
    const { page, chat } = await open();
    await chat.say('Order طلب 7 please');
    await chat.say('طلب A-100 من فضلك');
    await chat.own('من فضلك').waitFor();
    const directions = `[...document.querySelectorAll('.own .text')].map((text) => getComputedStyle(text).direction)`;
    expect(await page.evaluate(directions)).toEqual(['ltr', 'rtl']);
    expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe('ltr');
    expect(await middleOf(page, '.message.own')).toBeGreaterThan(210);
  });
});

describe('days', () => {
  test('each begins with a line of its own, also after a reload', async () => {
    const { page, chat } = await open();
    await chat.say('the day before yesterday');
    await chat.say('yesterday');
    await chat.say('today');
    // Placed by the bridge, not only acknowledged: the page writes what it keeps until then.
    const places = `JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).entries.map(({ place }) => place)`;
    await eventually(async () => {
      const known = await page.evaluate<string[]>(places);
      return known.length === 3 && !known.includes('');
    });
    expect(await page.getByTestId('day').count()).toBe(1);
    // As if the browser had kept it since.
    await page.evaluate(`(() => {
      const [name] = Object.keys(localStorage);
      const kept = JSON.parse(localStorage.getItem(name));
      const back = (entry, days) => {
        const at = entry.at - days * 86400000;
        return { ...entry, at, place: at + '-0' };
      };
      kept.entries = kept.entries.map((entry, index) => back(entry, 2 - index));
      localStorage.setItem(name, JSON.stringify(kept));
    })()`);
    await page.reload();
    await chat.own('today').waitFor();
    const day = (ago: number): string =>
      new Date(Date.now() - ago * 86_400_000).toLocaleDateString('en-GB', {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        timeZone: 'UTC',
      });
    const lines = `[...document.getElementById('log').children].map((line) => line.dataset.testid === 'day' ? line.textContent : line.querySelector('[data-testid="text"]').textContent)`;
    expect(await page.evaluate(lines)).toEqual([
      day(2),
      'the day before yesterday',
      day(1),
      'yesterday',
      day(0),
      'today',
    ]);
  });
});

describe('what becomes of own words', () => {
  test('is shown: on their way, sent; not sent, and tried again when the customer wants it', async () => {
    const { page, chat } = await open();
    let held = true;
    await page.route('**/chat/chat/messages', async (route) => {
      if (!held) return route.fallback();
      await eventually(() => !held, { timeoutMs: 20_000 });
      return route.fallback();
    });
    await chat.say('slowly');
    const slow = chat.own('slowly');
    await slow.and(page.locator('[data-state="sending"]')).getByText('Sending…').waitFor();
    held = false;
    await slow.and(page.locator('[data-state="accepted"]')).getByText('Sent', { exact: true }).waitFor();
    await page.unroute('**/chat/chat/messages');

    await page.route('**/chat/chat/messages', (route) => route.abort());
    await chat.say('not now');
    const lost = chat.own('not now');
    const failed = lost.and(page.locator('[data-state="failed"]'));
    // Every "the network is back" is another attempt at once; after the last one the customer is asked.
    await eventually(async () => {
      await page.evaluate("dispatchEvent(new Event('online'))");
      return (await failed.count()) === 1;
    });
    await failed.getByText('Not sent.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.unroute('**/chat/chat/messages');
    await lost.getByRole('button', { name: 'Try again' }).press('Enter');
    await lost.and(page.locator('[data-state="accepted"]')).waitFor();
    await lost.getByRole('button').waitFor({ state: 'detached' });
    const id = await stage.conversationWith('not now');
    const messages = stage.world.simulator.control.conversation(id)?.messages ?? [];
    expect(messages.filter((message) => JSON.stringify(message).includes('not now'))).toHaveLength(1);
  });

  test('is final where the bridge will never take them', async () => {
    const { page, chat } = await open();
    await page.route('**/chat/chat/messages', (route) => route.fulfill({ status: 422, body: '{}' }));
    await chat.say('never');
    const refused = chat.own('never').and(page.locator('[data-state="refused"]'));
    await refused.getByText('This message cannot be sent here.').waitFor();
    await refused.getByRole('button').waitFor({ state: 'detached' });
  });
});

describe('without a mouse and without eyes', () => {
  test('a whole conversation, from the first word over a picker to the end, by the keyboard alone', async () => {
    const { page, chat } = await open({ dark: true });
    const { keyboard } = page;
    // The page begins where one writes.
    await keyboard.type('by keys alone');
    await keyboard.press('Shift+Enter');
    await keyboard.type('on two lines');
    await keyboard.press('Enter');
    await chat.own('by keys alone').and(page.locator('[data-state="accepted"]')).waitFor();
    const id = await stage.conversationWith('by keys alone\non two lines');
    stage.act(id, { do: 'join', name: 'Sam' }, { do: 'rich', kind: 'listpicker' });
    const offer = chat.offer('Which order?');
    await offer.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const focused = () => page.evaluate('document.activeElement.dataset.testid');
    await keyboard.press('Shift+Tab'); // attach
    await keyboard.press('Shift+Tab'); // the last option
    expect(await focused()).toBe('option');
    expect(
      await page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + ' ' + getComputedStyle(document.activeElement).outlineWidth",
      ),
    ).toBe('solid 3px');
    await keyboard.press('Enter');
    await chat.own('A-101').and(page.locator('[data-state="accepted"]')).waitFor();
    // What was pressed is gone; the keyboard is still in the conversation.
    expect(await focused()).toBe('log');
    await keyboard.press('Shift+Tab');
    expect(await focused()).toBe('end');
    await keyboard.press('Enter');
    await chat.line('The conversation has ended.').waitFor();
    await eventually(() => stage.world.simulator.control.conversation(id)?.phase === 'ended');
  });

  test('a screen reader is told each thing once: words, who joins, typing, delivery, and nothing that is old', async () => {
    const { page, chat } = await open();
    await chat.say('before the reload');
    await chat.own('before the reload').and(page.locator('[data-state="accepted"]')).waitFor();
    const id = await stage.conversationWith('before the reload');
    await listen(page);
    await page.reload();
    await chat.own('before the reload').waitFor();
    await page.locator('#log[aria-live="polite"]').waitFor();
    expect((await heard(page)).filter(({ text }) => text.includes('before the reload'))).toEqual([]);

    await chat.say('now I ask');
    await chat.own('now I ask').and(page.locator('[data-state="accepted"]')).waitFor();
    stage.act(id, { do: 'join', name: 'Sam' }, { do: 'typing', on: true });
    await page.getByText('is typing').waitFor();
    stage.act(id, { do: 'text', text: 'and I answer' });
    await chat.message('and I answer').waitFor();
    const told = await heard(page);
    const times = (text: string) => told.filter((one) => one.text.includes(text)).map(({ live }) => live);
    expect(
      ['now I ask', 'Sam has joined', 'is typing', 'and I answer'].map((text) => [text, times(text)]),
    ).toEqual([
      ['now I ask', ['polite']],
      ['Sam has joined', ['polite']],
      ['is typing', ['polite']],
      ['and I answer', ['polite']],
    ]);
    expect(told.filter(({ text }) => text === 'Sent')).toHaveLength(1);
    expect(await page.getByRole('log', { name: 'Conversation' }).count()).toBe(1);
    const tree = await page.getByTestId('log').ariaSnapshot();
    expect(tree).toMatch(/You now I ask[\s\S]*Sam has joined[\s\S]*Sam and I answer/);
  });
});

describe('without serious accessibility findings', () => {
  test.each([
    ['from right to left in the dark', { locale: 'he-IL', dark: true }],
    ['on a narrow screen', { width: 320, height: 480 }],
  ])('%s', async (_state, options) => {
    const { page, chat } = await open(options);
    await chat.say('https://example.com/ & more');
    await chat.own('example.com').and(page.locator('[data-state="accepted"]')).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
  });
});

test('no page had an error', () => {
  const expected = /status of 422|ERR_FAILED/;
  for (const { complaints } of opened)
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
});
