import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { ActionInput } from '../../src/simulator/index.js';
import { eventually } from '../support/eventually.js';
import { seriousFindings } from './support/accessibility.js';
import { openPage, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { startChatWorld, type ChatWorld } from './support/chat-world.js';
import { pngOf } from './support/picture.js';

// One conversation; what an agent sends into it is told to the simulator directly.
let stage: ChatWorld;
let watch: PageWatch;
let page: Page;
let chat: ChatPage;
let conversation: string;

beforeAll(async () => {
  stage = await startChatWorld({
    chat: {
      manifest: {
        type: 'custom.chat',
        displayName: 'Acme chat',
        l10nProperties: [
          {
            language: 'de',
            properties: [
              { name: 'msg_hub_blocked_file_extension', value: 'Dateien vom Typ {0} nehmen wir nicht an.' },
            ],
          },
        ],
      },
    },
  });
  watch = await openPage(stage.browser, stage.chatUrl, { width: 420, height: 760 });
  ({ page } = watch);
  chat = new ChatPage(page);
  await chat.say('show me everything');
  conversation = await stage.conversationWith('show me everything');
  act({ do: 'join', name: 'Sam' });
  await chat.line('Sam has joined').waitFor();
});
afterAll(() => stage.close());

const act = (...actions: readonly ActionInput[]): void => stage.act(conversation, ...actions);
const rich = (kind: string, json?: unknown): void => act({ do: 'rich', kind, json });

/** The last message of the conversation, as eGain has it. */
function lastAtEgain() {
  const messages = stage.world.simulator.control.conversation(conversation)?.messages ?? [];
  return messages.at(-1);
}

/** What eGain gets as an answer to what the agent has sent last. */
async function answerAfter(answer: () => Promise<void>) {
  const offered = lastAtEgain();
  await answer();
  const answered = await eventually(() => {
    const last = lastAtEgain();
    return last !== offered && last?.type.value.startsWith('typing.') === false && last;
  });
  expect([offered?.id, offered?.messageId]).toContain(answered.parent?.messageId);
  return { type: answered.type.value, content: JSON.stringify(answered.content) };
}

/** A program for Windows as far as its first bytes go. */
const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(4096, 7)]);

/** A file of so many bytes, made in the page itself: to hand over a large one takes longer than the whole test. */
const attachMade = (name: string, size: number) =>
  page.evaluate(`(() => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(${size})], ${JSON.stringify(name)}));
    const picker = document.getElementById('picker');
    picker.files = files.files;
    picker.dispatchEvent(new Event('change'));
  })()`);

describe('files', () => {
  test('while a file is on its way a bar shows how far it is, and nothing can be sent without it', async () => {
    const network = await watch.context.newCDPSession(page);
    const throttle = (uploadThroughput: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await throttle(120_000);
    const photo = Buffer.concat([pngOf(160, [11, 92, 173]), Buffer.alloc(200_000, 1)]);
    await chat.attach({ name: 'photo.png', mimeType: 'image/png', buffer: photo });
    const bar = page.getByRole('progressbar', { name: /Uploading .*photo\.png/ });
    await bar.waitFor();
    const shares = new Set<number>();
    await eventually(async () => {
      shares.add(Number(await page.evaluate("document.querySelector('progress')?.value ?? 0")));
      return [...shares].filter((share) => share > 0 && share < 1).length >= 2;
    });
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    await throttle(-1);
    await chat.upload('photo.png').and(page.locator('[data-state="uploaded"]')).waitFor();
    await bar.waitFor({ state: 'detached' });
    await page.getByRole('status').getByText('photo.png⁩ is attached').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await chat.own('photo.png').and(page.locator('[data-state="accepted"]')).waitFor();
    await chat.upload('photo.png').waitFor({ state: 'detached' });
    await eventually(() => JSON.stringify(lastAtEgain()).includes('photo.png'));
  });

  test('an upload can be called off', async () => {
    await page.route('**/chat/chat/uploads', () => undefined);
    await chat.attach({ name: 'wrong-one.png', mimeType: 'image/png', buffer: pngOf(8, [1, 2, 3]) });
    await page.getByRole('button', { name: /Remove .*wrong-one\.png/ }).click();
    await page.getByTestId('upload').waitFor({ state: 'detached' });
    expect(await page.evaluate("document.activeElement.getAttribute('data-testid')")).toBe('text-input');
    await page.unroute('**/chat/chat/uploads');
  });

  test.each([
    ['a program under a picture’s name', 'photo.jpg', program, 'Files of type "exe" cannot be sent here.'],
    ['an empty file', 'nothing.txt', Buffer.alloc(0), 'was not sent because it is empty.'],
    ['a file of 11 MiB', 'film.png', 11 * 1024 * 1024, 'it is larger than'],
  ])('%s is refused, and the customer is told why', async (_what, name, content, why) => {
    if (typeof content === 'number') await attachMade(name, content);
    else await chat.attach({ name, mimeType: 'image/jpeg', buffer: content });
    const refused = chat.upload(why).and(page.locator('[data-state="failed"]'));
    await refused.getByText(`${name}⁩ could not be uploaded.`).waitFor();
    await page.getByTestId('spoken').getByText(why).waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await chat.say(`instead of ${name}`);
    await chat.own(`instead of ${name}`).and(page.locator('[data-state="accepted"]')).waitFor();
    await page.getByTestId('upload').waitFor({ state: 'detached' });
  });

  test('a refusal speaks the customer’s language, in the words of the manifest', async () => {
    const german = await openPage(stage.browser, stage.chatUrl, { locale: 'de-DE' });
    const theirs = new ChatPage(german.page);
    await german.page.locator('body[data-connection="online"]').waitFor();
    await theirs.attach({ name: 'rechnung.jpg', mimeType: 'image/jpeg', buffer: program });
    await theirs
      .upload('konnte nicht hochgeladen werden. Dateien vom Typ exe nehmen wir nicht an.')
      .waitFor();
    await german.context.close();
  });

  test('an agent’s picture is shown as one, another file as a link with its name and size', async () => {
    const { control } = stage.world.simulator;
    const picture = control.storeFile({ name: 'map.png', bytes: pngOf(160, [173, 92, 11]) });
    const label = control.storeFile({ name: 'label.pdf', bytes: Buffer.from('%PDF-1.4\n% a label\n') });
    act({ do: 'file', files: [{ ...picture }, { ...label }] });
    const message = chat.message('label.pdf');
    await message.getByRole('img', { name: 'map.png' }).waitFor();
    const width = `document.querySelector('img[alt="map.png"]')?.naturalWidth`;
    await eventually(async () => (await page.evaluate(width)) === 160);
    const link = message.getByRole('link', { name: 'label.pdf (19 B)' });
    expect(await link.getAttribute('href')).toMatch(new RegExp(`^${stage.origin}/assets/`));
    expect(await message.getByRole('img').count()).toBe(1);
    // The picture has made the log longer; who was at its end still is.
    const rest = `(() => { const log = document.getElementById('log'); return log.scrollHeight - log.scrollTop - log.clientHeight })()`;
    await eventually(async () => Number(await page.evaluate(rest)) < 2);
  });
});

describe('rich messages', () => {
  test('a time picker shows the times as the customer reads them', async () => {
    rich('timepicker');
    const offer = chat.offer('When may we call?');
    await offer.getByRole('button', { name: /Mon, 6 May 2030, 9:00/ }).waitFor();
    const answer = await answerAfter(() => offer.getByRole('button', { name: /14:30/ }).click());
    expect(answer.content).toContain('Mon, 6 May 2030, 14:30');
    await eventually(() => offer.getByRole('button').first().isDisabled());
  });

  test('a quick reply and a template’s button are answered by a tap', async () => {
    rich('quickreply');
    const yes = chat.offer('Did this help?').getByRole('button', { name: 'Yes', exact: true });
    expect((await answerAfter(() => yes.click())).content).toContain('Yes');
    expect(await yes.getAttribute('aria-pressed')).toBe('true');

    rich('template');
    const offer = chat.offer('Your delivery');
    await offer.getByText('It arrives tomorrow between 9 and 12.').waitFor();
    const change = offer.getByRole('button', { name: 'Change the day' });
    expect((await answerAfter(() => change.click())).content).toContain('Change the day');
  });

  test('a list picker shows its sections, and several are chosen from it at once', async () => {
    const item = (id: string, title: string, subtitle: string) => ({ id, title, subtitle });
    const sections = [
      { title: 'Orders', order: 0, items: [item('o-1', 'A-100', 'Shoes'), item('o-2', 'A-101', 'Coat')] },
      { title: 'Returns', order: 1, items: [item('r-1', 'R-7', 'Gloves')] },
    ];
    rich('listpicker', { type: 'list', title: 'What about?', list: { multipleSelection: true, sections } });
    const offer = chat.offer('What about?');
    await offer.getByText('Returns', { exact: true }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const confirm = offer.getByRole('button', { name: 'Confirm' });
    expect(await confirm.isDisabled()).toBe(true);
    await offer.getByRole('checkbox', { name: /A-101/ }).check();
    await offer.getByRole('checkbox', { name: /R-7/ }).check();
    const { content } = await answerAfter(() => confirm.click());
    expect(content).toContain('A-101, R-7');
    await chat.own('A-101, R-7').waitFor();
  });

  test('a rich link and a pushed page are links that open beside the chat', async () => {
    rich('richlink');
    const link = page.getByTestId('message').getByRole('link', { name: 'Winter coats' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://shop.example.com/coats');
    expect(await link.getAttribute('target')).toBe('_blank');
    act({ do: 'send', type: 'pagePush', content: { text: 'https://help.example.com/returns' } });
    const pushed = chat.message('You are shown this page:');
    expect(await pushed.getByRole('link').getAttribute('href')).toBe('https://help.example.com/returns');
  });

  test.each([
    [
      'form',
      ['Return an item', '• Order number', '• Reason (Wrong size)', 'Please reply with these details.'],
    ],
    ['payment', ['Invoice 2030-17', '€49.90', 'https://pay.example.com/2030-17']],
    ['app', ['Share your screen', 'https://app.example.com/share']],
    ['authentication', ['Please sign in', 'https://login.example.com/authorize']],
  ])('%s, which a chat has no form for, is there as text', async (kind, lines) => {
    rich(kind);
    const [first = ''] = lines;
    const text = chat.message(first).last().getByTestId('text');
    expect((await text.innerText()).split('\n')).toEqual(lines);
  });
});

describe('a picker with 500 options', () => {
  const items = Array.from({ length: 500 }, (_, n) => ({
    id: `order-${n}`,
    title: `Order ${n}`,
    subtitle: n === 437 ? 'Crème brûlée' : `Thing ${n}`,
  }));

  test('keeps to its place, finds by a word, and is one stop of the Tab key', async () => {
    const sections = [
      { title: 'This year', order: 0, items: items.slice(0, 250) },
      { title: 'Last year', order: 1, items: items.slice(250) },
    ];
    rich('listpicker', { type: 'list', title: 'Which of them?', list: { sections } });
    const offer = chat.offer('Which of them?');
    await offer.getByText('500⁩ options').waitFor();
    expect((await offer.boundingBox())?.height).toBeLessThan(600);
    expect(await seriousFindings(page)).toEqual([]);
    // A screen reader is told how many there are, and not all of them.
    expect(await offer.getByTestId('options').getAttribute('aria-live')).toBe('off');

    const focused = () =>
      page.evaluate('document.activeElement.dataset.option ?? document.activeElement.dataset.testid');
    await offer.getByRole('searchbox', { name: 'Find an option' }).focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(await offer.getByRole('button').first().getAttribute('data-option'));
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    expect(await offer.getByRole('button', { name: 'Order 498' }).getAttribute('data-option')).toBe(
      await focused(),
    );
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('attach');

    await offer.getByRole('searchbox').fill('creme BRULEE');
    await offer.getByText('1⁩ options').waitFor();
    expect(await offer.getByText('This year').isVisible()).toBe(false);
    await offer.getByText('Last year').waitFor();
  });

  test('is answered by the keyboard, and what was not chosen makes room', async () => {
    const offer = chat.offer('Which of them?');
    await offer.getByRole('searchbox').focus();
    const { content } = await answerAfter(async () => {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    });
    expect(content).toContain('Order 437');
    await chat.own('Order 437').waitFor();
    expect(await offer.getByRole('button').count()).toBe(1);
    await chat.say('and the chat goes on');
    await chat.own('and the chat goes on').and(page.locator('[data-state="accepted"]')).waitFor();
  });
});

test('nothing of it was refused by the page’s policy', () => {
  const expected = /status of 4(?:13|22)/;
  expect(watch.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
});
