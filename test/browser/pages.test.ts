import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { seriousFindings } from './support/accessibility.js';
import { openBrowser, openPage, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { startDemo, type Demo } from './support/demo.js';
import { DeskPage } from './support/desk-page.js';
import { followCards, stepsOf } from './support/journey-steps.js';
import { startRelay, type Relay } from './support/relay.js';
import { pngOf } from './support/picture.js';
import { pictureForDocs } from './support/screenshot.js';
import { eventually } from '../support/eventually.js';

// One demo, one browser and one page of each kind for all of it: a Chromium costs more than everything else here. The tests
// are one conversation and follow one another.
let browser: Browser;
let demo: Demo;
/** Between the browser and the bridge. */
let relay: Relay;
let chatWatch: PageWatch;
let deskWatch: PageWatch;
let startWatch: PageWatch;
let chat: ChatPage;
let desk: DeskPage;
let start: Page;

const arabic = 'أين طلبي رقم A-100؟';
const picture = pngOf(160, [11, 92, 173]);

beforeAll(async () => {
  demo = await startDemo();
  const from = Number(new URL(demo.chatUrl).port);
  relay = await startRelay(from);
  browser = await openBrowser({ from, to: relay.port });
  startWatch = await openPage(browser, demo.startUrl, { width: 1440, height: 860 });
  chatWatch = await openPage(browser, demo.chatUrl, { width: 420, height: 720 });
  deskWatch = await openPage(browser, demo.deskUrl);
  chat = new ChatPage(chatWatch.page);
  desk = new DeskPage(deskWatch.page);
  start = startWatch.page;
});

afterAll(async () => {
  await browser.close();
  await relay.close();
  await demo.stop();
});

/** A message on the start page, by its text. */
const card = (text: string) => start.locator('#journeys > li').filter({ hasText: text });
/** Which way the text of an element runs. */
const directionOf = (page: Page, selector: string): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).direction`);

describe('a conversation in a real browser', () => {
  test('what a customer writes is at the desk, and each sees the other type', async () => {
    await chat.say('Hello! Where is my parcel? 📦');
    await chat.own('Where is my parcel?').and(chatWatch.page.locator('[data-state="accepted"]')).waitFor();
    await desk.message('Where is my parcel? 📦').waitFor();
    await desk.press('Join');
    await chat.line(/has joined/).waitFor();
    await deskWatch.page.getByLabel('Your answer').pressSequentially('One mo', { delay: 20 });
    await chatWatch.page.getByText(/is typing/).waitFor();
    await desk.say('One moment, I am looking for it.');
    await chat.message('One moment, I am looking for it.').waitFor();
    await chatWatch.page.getByLabel('Message', { exact: true }).pressSequentially('Tha');
    await deskWatch.page.getByText(/is typing/).waitFor();
    await chat.say('Thank you!');
    await desk.message('Thank you!').waitFor();
  });

  test('what an agent writes as HTML keeps its emphasis and links, and loses its scripts', async () => {
    await desk.say(
      'It comes <b>tomorrow</b>: <a href="https://example.com/t/1">track it</a><script>document.title="broken"</script><img src=x onerror="document.title=\'broken\'">',
      { html: true },
    );
    for (const message of [
      desk.message('It comes tomorrow').locator('.body'),
      chat.message('It comes tomorrow').getByTestId('text'),
    ]) {
      await message.getByRole('link', { name: 'track it' }).waitFor();
      expect(await message.locator('b, strong').innerText()).toBe('tomorrow');
      expect(await message.locator('script, img').count()).toBe(0);
    }
    expect(await chatWatch.page.title()).not.toBe('broken');
    expect(await deskWatch.page.title()).not.toBe('broken');
  });

  test('text that looks like markup is shown as it was typed', async () => {
    await chat.say('<img src=x onerror=alert(1)> & <b>not bold</b>');
    for (const message of [desk.message('not bold'), chat.own('not bold')]) {
      await message.getByText('<img src=x onerror=alert(1)> & <b>not bold</b>').waitFor();
      expect(await message.locator('img').count()).toBe(0);
    }
  });

  test('right-to-left text is laid out from right to left on both sides', async () => {
    await chat.say(arabic);
    await desk.message(arabic).waitFor();
    const id = await desk.message(arabic).getAttribute('data-message');
    expect(await directionOf(deskWatch.page, `[data-message="${id ?? ''}"] .body`)).toBe('rtl');
    const key = await chat.own(arabic).getAttribute('data-key');
    expect(await directionOf(chatWatch.page, `[data-key="${key ?? ''}"] [data-testid="text"]`)).toBe('rtl');
    expect(await directionOf(chatWatch.page, 'html')).toBe('ltr');
  });

  test('files cross both ways, pictures are shown', async () => {
    const [chooser] = await Promise.all([
      chatWatch.page.waitForEvent('filechooser'),
      chatWatch.page.getByRole('button', { name: 'Attach a file' }).click(),
    ]);
    await chooser.setFiles({ name: 'parcel.png', mimeType: 'image/png', buffer: picture });
    await chatWatch.page.getByRole('button', { name: 'Send', exact: true }).click();
    await chat.own('parcel.png').waitFor();
    const shown = desk.message('parcel.png').getByRole('img', { name: 'Picture: parcel.png' });
    await shown.waitFor();
    const width = `document.querySelector('img[alt="Picture: parcel.png"]').naturalWidth`;
    await eventually(async () => (await deskWatch.page.evaluate(width)) === 160);

    await desk.sendFile('label.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n% a label\n%%EOF\n'));
    const link = chat.message('label.pdf').getByRole('link', { name: /label\.pdf/ });
    await link.waitFor();
    const [download] = await Promise.all([chatWatch.page.waitForEvent('download'), link.click()]);
    expect(await readFile(await download.path(), 'utf8')).toBe('%PDF-1.4\n% a label\n%%EOF\n');
  });

  test('a choice from a picker comes back as its answer', async () => {
    await desk.sendRich('List picker, one choice');
    const offer = chatWatch.page.getByTestId('offer').last();
    await offer.getByText('Which order?').waitFor();
    await offer.getByRole('button', { name: /A-101/ }).click();
    await chat.own('A-101').waitFor();
    const answer = desk.message('A-101').last();
    await answer.getByText(/^(?:to “|an answer)/).waitFor();
    expect(await offer.getByRole('button', { name: /A-100/ }).isDisabled()).toBe(true);
    await deskWatch.page.getByText('Rich messages and other types').click();
    await pictureForDocs(chatWatch.page, 'chat');
    await pictureForDocs(deskWatch.page, 'desk');
  });

  test('the keyboard is enough to choose several', async () => {
    await desk.sendRich('List picker, several choices');
    const offer = chatWatch.page.getByTestId('offer').last();
    await offer.getByText('Which orders?').waitFor();
    await offer.getByRole('checkbox').first().focus();
    await chatWatch.page.keyboard.press('Space');
    await chatWatch.page.keyboard.press('Tab');
    await chatWatch.page.keyboard.press('Space');
    await chatWatch.page.keyboard.press('Tab');
    await chatWatch.page.keyboard.press('Enter');
    await desk.message('A-100, A-101').waitFor();
  });

  test('a dropped connection loses nothing and repeats nothing, in both directions', async () => {
    relay.cut();
    await chat.say('written without a connection');
    await chatWatch.page.getByText(/^No connection/).waitFor();
    await desk.say('first while you were away');
    await desk.say('second while you were away');
    await desk.message('second while you were away').waitFor();
    relay.mend();
    await chat.message('second while you were away').waitFor();
    await desk.message('written without a connection').waitFor();
    expect((await chat.texts()).filter((text) => text.includes('while you were away'))).toEqual([
      'first while you were away',
      'second while you were away',
    ]);
    expect(await desk.message('written without a connection').count()).toBe(1);
  });

  test('a page that is opened again goes on where it was', async () => {
    await chatWatch.page.reload();
    await desk.say('after you came back');
    await chat.message('after you came back').waitFor();
    expect((await chat.texts()).filter((text) => text === 'after you came back')).toHaveLength(1);
  });

  test('while eGain fails a message is seen to be tried again, and then to arrive', async () => {
    await desk.armFault('eGain fails: 503', 3);
    await chat.say('this one has to wait');
    await chat.say('and this one behind it');
    await start.locator('#journeys > li.retrying').first().waitFor();
    await desk.message('and this one behind it').waitFor({ timeout: 40_000 });
    await card('this one has to wait')
      .getByText(/delivered, at attempt \d/)
      .waitFor();
    await card('and this one behind it').getByText('delivered').waitFor();
  });

  test('a callback that comes twice is answered twice and shown once', async () => {
    await deskWatch.page.getByRole('button', { name: /^Remove: / }).click();
    // That somebody is typing goes to the callback as well, before the text and after it.
    await desk.armFault('Callback twice', 3);
    await desk.say('you see this once');
    await chat.message('you see this once').waitFor();
    const callbacks = (await desk.callbacks()).filter({ hasText: 'you see this once' });
    await eventually(async () => (await callbacks.count()) === 2);
    for (const callback of await callbacks.all()) {
      await callback.getByText('delivered · 200').click();
      await callback.getByLabel('Answer').getByText(/^200/).waitFor();
      await callback.getByText('delivered · 200').click();
    }
    expect((await chat.texts()).filter((text) => text === 'you see this once')).toHaveLength(1);
  });
});

describe('the journey of a message on the start page', () => {
  test('on its way in: kept and in its lane at once, at eGain when eGain has it', async () => {
    await followCards(start);
    await deskWatch.page.getByRole('button', { name: /^Remove: / }).click();
    await desk.armFault('eGain is slow: 3 s per message', 1);
    await chat.say('follow me on my way in');
    await card('follow me on my way in').getByText('delivered').waitFor();
    const steps = await stepsOf(start, 'follow me on my way in');
    expect(steps.map(({ state }) => state)).toEqual(['waiting', 'delivered']);
    expect(steps[0]?.stops).toMatch(/^kept in Redis [\d:.]+$/);
    expect(steps[1]?.stops).toMatch(/^kept in Redis [\d:.]+ → eGain has it after \d{4,5} ms$/);
  });

  test('on its way out: on its way to the bridge, and with the customer when the customer has it', async () => {
    await deskWatch.page.getByRole('button', { name: /^Remove: / }).click();
    await desk.armFault('Callback 3 s late', 1);
    const id = await deskWatch.page.locator('#conversations [aria-current="true"]').getAttribute('data-key');
    // Not by hand: somebody typing is a callback as well, and would be the one that is late.
    const text = 'follow me on my way out';
    await demo.control('POST', `conversations/${id ?? ''}/actions`, { do: 'text', text });
    await card('follow me on my way out').getByText('delivered').waitFor();
    const steps = await stepsOf(start, 'follow me on my way out');
    expect([steps[0]?.state, steps.at(-1)?.state]).toEqual(['written', 'delivered']);
    expect(steps[0]?.stops).toMatch(/^eGain [\d:.]+$/);
    expect(steps.at(-1)?.stops).toMatch(/→ kept after \d{4,5} ms → customer has it after \d{4,5} ms$/);
    await deskWatch.page.getByRole('button', { name: /^Remove: / }).click();
  });
});

describe('without serious accessibility findings', () => {
  const pages: readonly (readonly [string, () => Page])[] = [
    ['chat', () => chatWatch.page],
    ['desk', () => deskWatch.page],
    ['start page', () => start],
  ];
  test.each(
    pages.flatMap(([name, page]) =>
      (['light', 'dark'] as const).map((scheme) => [name, scheme, page] as const),
    ),
  )('the %s in %s', async (_name, scheme, page) => {
    await page().emulateMedia({ colorScheme: scheme });
    expect(await seriousFindings(page())).toEqual([]);
  });
});

test('on the start page customer and agent stand side by side, and each message is followed between them', async () => {
  await start.emulateMedia({ colorScheme: 'light' });
  const customer = new ChatPage(start.frameLocator('#chat'));
  const agent = new DeskPage(start.frameLocator('#desk'));
  await customer.say('Good morning! Has my order left already?');
  await card('Has my order left already?').getByText('delivered').waitFor();
  await start
    .frameLocator('#desk')
    .getByRole('button', { name: /waits for an agent/ })
    .click();
  await agent.message('Has my order left already?').waitFor();
  await agent.press('Join');
  await agent.say('Good morning! It left <b>this morning</b> and arrives tomorrow.', { html: true });
  await customer.message('It left this morning').waitFor();
  await agent.sendRich('Quick reply');
  await start.frameLocator('#chat').getByRole('button', { name: 'Yes', exact: true }).click();
  await card('Yes').last().getByText('delivered').waitFor();
  await start.frameLocator('#desk').getByText('Rich messages and other types').click();
  await pictureForDocs(start, 'start-page');
});

test('the agent ends, and both sides see it', async () => {
  await desk.press('End');
  await chat.line(/conversation has ended/).waitFor();
  await eventually(() => deskWatch.page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
});

test('no page had an error or asked anybody else for anything', () => {
  // The connection was cut on purpose, and what hostile HTML tried was refused by the page's policy as well.
  const expected =
    /net::ERR_(?:EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|CONNECTION_\w+|INCOMPLETE_CHUNKED_ENCODING)|inline event handler/;
  for (const { complaints } of [chatWatch, deskWatch, startWatch])
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
});
