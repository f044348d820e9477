import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { seriousFindings } from './support/accessibility.js';
import { openBrowser, openPage, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { startDemo, type Demo } from './support/demo.js';
import { DeskPage } from './support/desk-page.js';
import { pngOf } from './support/picture.js';

// The agent is a person at the desk, the customer one in the chat; everything is done by hand on the two pages.
let demo: Demo;
let browser: Browser;
let deskWatch: PageWatch;
let page: Page;
let desk: DeskPage;
const customers: PageWatch[] = [];

beforeAll(async () => {
  demo = await startDemo();
  const port = Number(new URL(demo.chatUrl).port);
  browser = await openBrowser({ from: port, to: port });
  deskWatch = await openPage(browser, demo.deskUrl);
  ({ page } = deskWatch);
  desk = new DeskPage(page);
});
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

interface Listed {
  readonly id: string;
  readonly phase: string;
  readonly messageCount: number;
}
/** The conversations that are open at eGain, the newest last. */
async function openConversations(): Promise<readonly Listed[]> {
  const { conversations } = (await demo.control('GET', 'conversations')) as { conversations: Listed[] };
  return conversations.filter(({ phase }) => phase !== 'ended');
}

/** A customer who was never here, and has just written this; the desk is at their conversation. */
async function customerWrites(text: string): Promise<ChatPage> {
  const before = (await openConversations()).length;
  const watch = await openPage(browser, demo.chatUrl, { width: 420, height: 720 });
  customers.push(watch);
  const chat = new ChatPage(watch.page);
  await chat.say(text);
  const conversation = await eventually(async () => {
    const open = await openConversations();
    return open.length > before && open.at(-1);
  });
  await page.locator(`#conversations [data-key="${conversation.id}"]`).click();
  await desk.message(text).waitFor();
  return chat;
}

/** What happens when nobody is there, as the account is set up in eGain. */
async function whenNobodyIsThere(onAgentUnavailability: 'off_hours' | 'retain_and_retry'): Promise<void> {
  const properties = [
    { name: 'msg_hub_off_hours', value: 'We are back on Monday.' },
    { name: 'msg_hub_retain_and_retry', value: 'We keep your message and answer it.' },
  ];
  await demo.control('POST', 'setup', {
    channels: [{ type: 'custom.chat', l10nProperties: [{ language: 'en-US', properties }] }],
    accounts: [
      { channel: 'custom.chat', address: 'acme-chat', defaultLanguage: 'en-US', onAgentUnavailability },
    ],
  });
}

describe('agents who are not there', () => {
  async function agentsAre(online: boolean): Promise<void> {
    await page.getByRole('checkbox', { name: 'Agents are online' }).setChecked(online);
    await eventually(async () => {
      const { online: there } = (await demo.control('GET', 'agents')) as { online: boolean };
      return there === online;
    });
  }

  test('off hours the customer is told so, and once they are back they are heard', async () => {
    await whenNobodyIsThere('off_hours');
    await agentsAre(false);
    const chat = await customerWrites('is anybody there?');
    await chat.line('We are back on Monday.').waitFor();
    await agentsAre(true);
    await desk.press('Join');
    await chat.line('has joined').waitFor();
    await desk.say('Now I am.');
    await chat.message('Now I am.').waitFor();
  });

  test('where messages are retained the customer is told that as well, and nothing of it is lost', async () => {
    await whenNobodyIsThere('retain_and_retry');
    await agentsAre(false);
    const chat = await customerWrites('please keep this');
    await chat.say('and this');
    await chat.line('We keep your message and answer it.').waitFor();
    await desk.message('and this').waitFor();
    await agentsAre(true);
    await desk.press('Join');
    await desk.say('All of it is here.');
    await chat.message('All of it is here.').waitFor();
  });
});

describe('faults of the callback, switched on at the desk', () => {
  let chat: ChatPage;
  beforeAll(async () => {
    chat = await customerWrites('what can go wrong?');
    await desk.press('Join');
  });

  /** Arms a fault that strikes once, and takes it away again when it has. */
  async function once(fault: string, work: () => Promise<void>): Promise<void> {
    await desk.armFault(fault, 1);
    await work();
    await page.getByText(/struck 1 ×/).waitFor();
    await page.getByRole('button', { name: /^Remove: / }).click();
    await page.getByText('(1 armed)').waitFor({ state: 'detached' });
  }
  const callbackWith = async (text: string) => (await desk.callbacks()).filter({ hasText: text });
  /** Nobody types: that goes to the callback as well, and would be what the fault strikes. */
  const say = async (text: string): Promise<void> => {
    const open = (await openConversations()).at(-1);
    await demo.control('POST', `conversations/${open?.id ?? ''}/actions`, { do: 'text', text });
  };

  test('slow: it is seen to be late, and arrives', async () => {
    await once('Callback 3 s late', async () => {
      await say('this takes its time');
      await desk.message('this takes its time').waitFor();
      expect(await chat.message('this takes its time').count()).toBe(0);
      await chat.message('this takes its time').waitFor();
    });
    const late = await callbackWith('this takes its time');
    await late.getByText(/^.*delivered · 200 .* begun 3\.\d s late$/).waitFor();
  });

  test('failing: it is seen to be refused, sent again with the right password, and arrives once', async () => {
    await once('Callback with a wrong password', async () => {
      await say('this needs a second attempt');
      await chat.message('this needs a second attempt').waitFor();
    });
    const attempts = await callbackWith('this needs a second attempt');
    await eventually(async () => (await attempts.count()) === 2);
    // Newest first.
    expect(await attempts.first().innerText()).toContain('delivered · 200');
    expect(await attempts.last().innerText()).toContain('401');
    await attempts.last().locator('summary').click();
    await attempts.last().getByLabel('Answer').getByText('unauthenticated').waitFor();
    await attempts.last().getByLabel('Request').getByText('authorization: Bearer …').waitFor();
    expect(await chat.message('this needs a second attempt').count()).toBe(1);
  });

  test('duplicate: it is seen twice with two good answers, and shown once', async () => {
    await once('Callback twice', async () => {
      await say('this comes twice');
      await chat.message('this comes twice').waitFor();
    });
    const both = await callbackWith('this comes twice');
    await eventually(async () => (await both.count()) === 2);
    for (const one of await both.all()) expect(await one.innerText()).toContain('delivered · 200');
    await say('and then something else');
    await chat.message('and then something else').waitFor();
    expect(await chat.message('this comes twice').count()).toBe(1);
  });

  test('the page has no serious accessibility findings with all of it open', async () => {
    await desk.armFault('Callback 3 s late', 1);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Remove: / }).click();
  });
});

describe('what an agent does', () => {
  test('answers with HTML, types, sends a file, and ends; the customer sees each of it', async () => {
    const chat = await customerWrites('do everything you can');
    await desk.press('Join');
    await chat.line('has joined').waitFor();
    const [customer] = customers.slice(-1);
    await page.getByLabel('Your answer').pressSequentially('One moment', { delay: 10 });
    await customer?.page.getByTestId('typing').getByText('is typing').waitFor();
    await desk.say(
      'It is <b>here</b>:<ul><li>one</li><li>two</li></ul><a href="javascript:alert(1)">no</a>',
      {
        html: true,
      },
    );
    const rich = chat.message('It is here').getByTestId('text');
    expect(await rich.locator('strong').innerText()).toBe('here');
    expect(await rich.locator('li').allInnerTexts()).toEqual(['one', 'two']);
    expect(await rich.getByRole('link').count()).toBe(0);
    expect(await customer?.page.getByTestId('typing').innerText()).toBe('');
    await desk.sendFile('map.png', 'image/png', pngOf(32, [0, 99, 0]));
    await chat.message('map.png').getByRole('img', { name: 'map.png' }).waitFor();
    await desk.press('End');
    await chat.line('The conversation has ended.').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).and(page.locator(':disabled')).waitFor();
    // Who writes again begins anew.
    await chat.say('one more thing');
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /waits for an agent/ })
      .click();
    await desk.message('one more thing').waitFor();
    expect((await openConversations()).at(-1)?.messageCount).toBe(1);
  });

  test('a call that the simulator refuses is told in words', async () => {
    await desk.sendRich('Quick reply');
    await page.getByLabel('Content, as JSON').fill('{ "do": "dance" }');
    await desk.press('Send this');
    await page.getByRole('alert').getByText(/\S/).waitFor();
    await page.getByLabel('Content, as JSON').fill('{ broken');
    await desk.press('Send this');
    await page.getByRole('alert').getByText(/JSON/).waitFor();
  });
});

test('no page had an error', () => {
  for (const { complaints } of [deskWatch, ...customers])
    expect(complaints.filter((complaint) => !/status of 400/.test(complaint))).toEqual([]);
});
