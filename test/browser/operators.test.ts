import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';
import { seriousFindings } from './support/accessibility.js';
import { openBrowser, openPage, type PageWatch } from './support/browser.js';
import { pictureForDocs } from './support/screenshot.js';

// One installation and one page for all of it; the tests follow one another.
let world: World;
let bridge: BridgeProcess;
let browser: Browser;
let watch: PageWatch;
let page: Page;

const login = { username: 'dana', password: 'password-of-dana-1234' };
const guest = { username: 'guest', password: 'password-of-a-guest-1' };

beforeAll(async () => {
  world = await startWorld({
    overrides: {
      instance: 'bridge-1',
      management: {
        auth: {
          users: [
            { username: login.username, passwords: [login.password], permissions: ['change', 'texts'] },
            { username: guest.username, passwords: [guest.password] },
          ],
        },
      },
      delivery: { backoff: { firstMs: 100, maxMs: 200 } },
      notices: { customer: false },
    },
  });
  bridge = await world.startBridge();
  connect(world, bridge);
  const port = Number(new URL(bridge.managementUrl).port);
  browser = await openBrowser({ from: port, to: port });
  // Something to be seen: what is delivered, what is tried again, what dies.
  for (const text of ['first', 'second', 'third']) await say('eve', text);
  await eventually(() => inbound('eve').length === 3);
  world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, times: 2 });
  await say('kim', 'tried again');
  await eventually(() => inbound('kim').length === 1);
  world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 400, times: 4 });
  for (const customer of ['zoe', 'ben', 'cat', 'dan']) await say(customer, `secret words of ${customer}`);
  watch = await openPage(browser, `${bridge.managementUrl}/messages`, { login, height: 1000 });
  page = watch.page;
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

const sent = new Map<string, string>();
async function say(customer: string, text: string): Promise<void> {
  const message = await world.channel.send({ customer: { id: customer }, text });
  expect(message.status).toBe(202);
  sent.set(customer, message.id);
}

const inbound = (customer: string): string[] =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && record.contact.includes(customer)
        ? [record.text ?? record.type]
        : [],
    );

const direction = (target: string) => page.locator(`[data-target="${target}"]`);
const letters = () => page.locator('#letters tr');
/** A dead letter's row, by the message it was. */
const letterOf = (customer: string) => letters().filter({ hasText: sent.get(customer) ?? 'nobody' });
const dialog = () => page.getByRole('dialog');
const confirm = (act: string) => dialog().getByRole('button', { name: act, exact: true }).click();

test('I9: without a password there is no page, and a wrong one does not help', async () => {
  for (const password of [undefined, 'not-the-password-1']) {
    const context = await browser.newContext(
      password === undefined ? {} : { httpCredentials: { username: 'dana', password } },
    );
    const answer = await (
      await context.newPage()
    )
      .goto(`${bridge.managementUrl}/messages/`)
      .catch(() => null);
    expect(answer?.status() ?? 401).toBe(401);
    await context.close();
  }
});

test('the overview shows rates, channels and failures by reason', async () => {
  await eventually(async () => (await letters().count()) === 4);
  await direction('in:support').getByText('4', { exact: true }).first().waitFor();
  const rates = page.getByRole('img', { name: /^Messages per second in the last 15 minutes/ });
  await eventually(async () =>
    /accepted 8, delivered 4/.test((await rates.getAttribute('aria-label')) ?? ''),
  );
  const failures = page.getByRole('img', { name: /^Failures by reason/ });
  expect(await failures.getAttribute('aria-label')).toMatch(/dead letter, in:support, refused: 4/);
  await page.getByText(/old, .+ left/).waitFor();
  await page.getByText('1 process').waitFor();
  await page.getByRole('status').first().getByText('live').waitFor();
});

test('a message is searched, and its journey told attempt by attempt', async () => {
  await page.getByLabel('Id', { exact: true }).fill(sent.get('kim') ?? '');
  await page.getByRole('button', { name: 'Search' }).click();
  const found = page.locator('#found > li');
  await found.first().waitFor();
  expect(await found.first().getAttribute('data-state')).toBe('delivered');
  const steps = await found.first().getByRole('listitem').allInnerTexts();
  expect(steps).toHaveLength(4);
  expect(steps[0]).toContain('accepted and kept');
  expect(steps[1]).toContain('attempt failed: 503');
  expect(steps[2]).toContain('attempt failed: 503');
  expect(steps[3]).toContain('delivered to eGain');

  await page.locator('#search-by').selectOption('customer');
  await page.locator('#search-channel').selectOption('support');
  await page.getByLabel('Id', { exact: true }).fill('eve');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText(/^3 messages/).waitFor();
  await eventually(async () => (await found.count()) === 3);
  await pictureForDocs(page, 'operators-page');
});

test('what a dead letter says is shown to whom may read it, and that is written down', async () => {
  await letterOf('zoe')
    .getByRole('button', { name: /^Text of/ })
    .click();
  await dialog().getByText('secret words of zoe').waitFor();
  await dialog().getByRole('button', { name: 'Close' }).click();
  await eventually(() => /"action":"dead-letters.read-text"/.test(bridge.stdout()));
  expect(bridge.stdout()).not.toContain('secret words');
});

test('one dead letter is retried after a confirmation, and delivered; saying no changes nothing', async () => {
  await letterOf('zoe')
    .getByRole('button', { name: /^Retry/ })
    .click();
  await dialog().getByText('Retry the dead letter of message').waitFor();
  await confirm('Cancel');
  expect(await letters().count()).toBe(4);
  await letterOf('zoe')
    .getByRole('button', { name: /^Retry/ })
    .click();
  await confirm('Retry');
  await page.getByText('1 put back').waitFor();
  await eventually(() => inbound('zoe').length === 1);
  await eventually(async () => (await letters().count()) === 3);
  await eventually(() => /"action":"dead-letters.retry","count":1/.test(bridge.stdout()));
});

test('the keyboard is enough to select one and discard it', async () => {
  await letterOf('ben').getByRole('checkbox').focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Discard selected (1)' }).focus();
  await page.keyboard.press('Enter');
  await dialog().getByText('Discard 1 dead letter?').waitFor();
  // The first thing the keyboard meets is what changes nothing.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('1 discarded').waitFor();
  await letterOf('ben').waitFor({ state: 'detached' });
});

test('all that fit a filter are discarded at once, the others stay', async () => {
  await page.getByLabel('Reason', { exact: true }).fill('nothing-of-the-kind');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('No dead letters.').waitFor();
  await page.getByLabel('Reason', { exact: true }).fill('refused');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('2 dead letters fit the filter.').waitFor();
  await page.getByRole('button', { name: 'Discard all that fit' }).click();
  await dialog()
    .getByText(/2 dead letters, with reason refused/)
    .waitFor();
  await confirm('Discard all');
  await page.getByText('2 discarded').waitFor();
  await eventually(async () => (await letters().count()) === 0);
  expect(inbound('cat')).toEqual([]);
});

test('a channel is paused and resumed', async () => {
  const out = direction('out:support');
  await out.getByRole('button', { name: 'Pause support to the customer' }).click();
  await confirm('Pause');
  await out.getByText('paused').waitFor();
  await out.getByRole('button', { name: 'Resume support to the customer' }).click();
  await confirm('Resume');
  await out.getByText('open').waitFor();
});

test('who may only look is shown no button that would be refused', async () => {
  const theirs = await openPage(browser, `${bridge.managementUrl}/messages/`, { login: guest });
  await theirs.page.locator('[data-target="in:support"]').waitFor();
  expect(await theirs.page.getByRole('button', { name: /Retry|Discard|Pause/ }).count()).toBe(0);
  await theirs.context.close();
});

describe('without serious accessibility findings', () => {
  test.each(
    (['messages/', 'docs/'] as const).flatMap((path) =>
      (['light', 'dark'] as const).map((scheme) => [path, scheme] as const),
    ),
  )('%s in %s', async (path, scheme) => {
    const opened = await openPage(browser, `${bridge.managementUrl}/${path}`, {
      login,
      dark: scheme === 'dark',
    });
    const ready = path === 'docs/' ? opened.page.getByText('/api/search') : opened.page.getByText('live');
    await ready.first().waitFor();
    expect(await seriousFindings(opened.page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await opened.context.close();
  });
});

test('the description of the API can be read and opened, operation by operation', async () => {
  const docs = await openPage(browser, `${bridge.managementUrl}/docs`, { login });
  await docs.page.getByText('POST /api/dead-letters/retry').click();
  await docs.page.getByText('"missing"').first().waitFor();
  expect(docs.complaints).toEqual([]);
  await docs.context.close();
});

test('Bull Board shows the queues, cannot change them, and asks nobody else for anything', async () => {
  const board = await openPage(browser, `${bridge.managementUrl}/queues`, { login });
  await board.page
    .getByText(/shard 0/)
    .first()
    .waitFor();
  expect(board.complaints).toEqual([]);
  await board.context.close();
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const change = await fetch(`${bridge.managementUrl}/queues/api/queues/x/pause`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
  });
  expect(change.status).toBe(404);
});

test('no page had an error or asked anybody else for anything', () => {
  expect(watch.complaints).toEqual([]);
});
