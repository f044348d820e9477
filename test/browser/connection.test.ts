import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { openPage, openTab, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { startChatWorld, type ChatWorld } from './support/chat-world.js';

// One visitor with two tabs, whose connection breaks in every way a connection can.
let stage: ChatWorld;
let first: PageWatch;
let second: Pick<PageWatch, 'page' | 'complaints'>;
let conversation: string;

beforeAll(async () => {
  stage = await startChatWorld();
  first = await openPage(stage.browser, stage.chatUrl, { width: 420, height: 720 });
  await online(first.page);
  second = await openTab(first.context, stage.chatUrl);
  await online(second.page);
});
afterAll(() => stage.close());

const online = (page: Page) => page.locator('body[data-connection="online"]').waitFor({ timeout: 40_000 });
const answer = (...texts: readonly string[]): void =>
  stage.act(conversation, ...texts.map((text) => ({ do: 'text' as const, text })));

/** All that was said, own words included, as a tab shows it. */
const said = (page: Page): Promise<readonly string[]> =>
  page.getByTestId('log').getByTestId('text').allInnerTexts();

/** Both tabs show the same: everything once, in one order, and with this at its end. */
async function bothShow(...end: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const [one = [], other = []] = await Promise.all([first, second].map(({ page }) => said(page)));
      expect(other).toEqual(one);
      expect(one.slice(-end.length)).toEqual(end);
      expect(new Set(one).size).toBe(one.length);
      return true;
    },
    { timeoutMs: 40_000 },
  );
}

const bridgeHas = (text: string) =>
  eventually(
    () =>
      stage.world.simulator.control
        .conversation(conversation)
        ?.messages.filter((message) => JSON.stringify(message).includes(text)).length === 1,
    { timeoutMs: 40_000 },
  );

describe('two tabs of one visitor', () => {
  test('are one customer, and each shows what was said in the other', async () => {
    await new ChatPage(first.page).say('from the first tab');
    conversation = await stage.conversationWith('from the first tab');
    await bothShow('from the first tab');
    await new ChatPage(second.page).say('from the second tab');
    await bothShow('from the first tab', 'from the second tab');
    answer('to both of them');
    await bothShow('from the first tab', 'from the second tab', 'to both of them');
    expect(stage.world.simulator.control.conversations()).toHaveLength(1);
  });

  test('a choice that is made in one is made in the other', async () => {
    stage.act(conversation, { do: 'rich', kind: 'quickreply' });
    const [here, there] = [first, second].map(({ page }) => new ChatPage(page).offer('Did this help?'));
    await there?.getByRole('button', { name: 'No', exact: true }).click();
    const taken = here?.locator('[aria-pressed="true"]');
    await taken?.waitFor();
    expect(await taken?.innerText()).toBe('No');
    expect(await here?.getByRole('button', { name: 'Yes', exact: true }).isDisabled()).toBe(true);
  });
});

describe('a connection that breaks', () => {
  test('a stream that was dropped is opened again, and nothing is missing or there twice', async () => {
    stage.relay.cut();
    await new ChatPage(first.page).say('into the dark');
    answer('while nobody was connected');
    await first.page.getByText('No connection. Trying again…').waitFor();
    expect(await first.page.locator('body').getAttribute('data-connection')).toBe('offline');
    stage.relay.mend();
    for (const { page } of [first, second]) await online(page);
    await bothShow('while nobody was connected', 'into the dark');
    await eventually(async () => (await first.page.getByTestId('status').innerText()) === '');
  });

  test('a bridge that goes away and comes back finds both tabs again, and what was said meanwhile', async () => {
    await stage.leave();
    await first.page.locator('body[data-connection="offline"]').waitFor();
    await new ChatPage(second.page).say('said to a bridge that is away');
    answer('answered to a bridge that is away');
    await stage.comeBack();
    for (const { page } of [first, second]) await online(page);
    await bridgeHas('said to a bridge that is away');
    await eventually(
      async () => {
        const texts = await said(first.page);
        return (
          texts.includes('answered to a bridge that is away') &&
          texts.includes('said to a bridge that is away')
        );
      },
      { timeoutMs: 40_000 },
    );
    answer('and everything goes on');
    await bothShow('and everything goes on');
  });

  test('a tab that was closed meanwhile shows what it has missed when it is opened again', async () => {
    await second.page.close();
    answer('to one tab');
    await new ChatPage(first.page).message('to one tab').waitFor();
    second = await openTab(first.context, stage.chatUrl);
    await bothShow('and everything goes on', 'to one tab');
    await first.page.reload();
    await bothShow('and everything goes on', 'to one tab');
  });
});

test('no tab had an error but the connection’s', () => {
  const expected = /net::ERR_/;
  for (const { complaints } of [first, second])
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
});
