import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FrameLocator, Page } from 'playwright-core';
import { openPage, type PageWatch } from './support/browser.js';
import { ChatPage } from './support/chat-page.js';
import { chatSecret, startChatWorld, type ChatWorld } from './support/chat-world.js';
import { startHostSite, type HostSite } from './support/host-site.js';

// Three origins: the bridge's, a site that may embed its chat, and one that may not.
let stage: ChatWorld;
let shop: HostSite;
let stranger: HostSite;
const opened: PageWatch[] = [];

beforeAll(async () => {
  const bridge = (): string => stage.origin;
  [shop, stranger] = [await startHostSite(bridge), await startHostSite(bridge)];
  stage = await startChatWorld({
    chat: { origins: [shop.origin], identity: 'optional' },
    channels: {
      members: {
        adapter: 'webchat',
        secrets: [chatSecret],
        origins: [shop.origin],
        identity: 'required',
        manifest: { type: 'custom.members', displayName: 'Members' },
        account: { address: 'acme-members' },
      },
    },
  });
});
afterAll(async () => {
  await stage.close();
  await shop.close();
  await stranger.close();
});

async function visit(
  site: HostSite,
  attributes: Readonly<Record<string, string>> = {},
  channel = 'chat',
): Promise<{ readonly page: Page; readonly frame: FrameLocator; readonly watch: PageWatch }> {
  const url = site.page(`${stage.origin}/chat/${channel}/widget.js`, attributes);
  const watch = await openPage(stage.browser, url);
  opened.push(watch);
  return { page: watch.page, frame: watch.page.frameLocator('[data-testid="chat-frame"]'), watch };
}

/** What a site's own server makes for a visitor who is signed in: HS256, put together by hand (RFC 7515). */
function vouchFor(subject: string, name: string, secret = chatSecret): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 300;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, name, aud: 'chat', exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('the chat on a site of another origin', () => {
  test('opens, sends, receives, counts what came while it was closed, and keeps to both pages’ policies', async () => {
    const { page, frame, watch } = await visit(shop);
    const button = page.getByTestId('chat-button');
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await page.getByRole('button', { name: 'Open chat' }).click();
    const chat = new ChatPage(frame);
    await chat.say('asked from the shop');
    await chat.own('asked from the shop').and(frame.locator('[data-state="accepted"]')).waitFor();
    const conversation = await stage.conversationWith('asked from the shop');
    stage.act(conversation, { do: 'join', name: 'Sam' }, { do: 'text', text: 'answered to the shop' });
    await chat.message('answered to the shop').waitFor();

    await page.getByRole('button', { name: 'Close chat' }).click();
    await page.getByTestId('chat-frame').waitFor({ state: 'hidden' });
    stage.act(conversation, { do: 'text', text: 'one more' }, { do: 'text', text: 'and another' });
    await page.getByRole('button', { name: 'Open chat (2)' }).click();
    await chat.message('and another').waitFor();
    await frame.getByLabel('Message', { exact: true }).press('Escape');
    await page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.dataset.testid')).toBe('chat-button');
    expect(watch.complaints).toEqual([]);
  });

  test('neither page reaches into the other', async () => {
    const { page, frame } = await visit(shop);
    await page.getByTestId('chat-button').click();
    await frame.getByLabel('Message', { exact: true }).waitFor();
    const reach = `(() => { try { return String(frames[0].document.title) } catch (error) { return error.name } })()`;
    expect(await page.evaluate(reach)).toBe('SecurityError');
  });

  test('a visitor whom the site vouches for is at eGain under the site’s own id, and stays who they are', async () => {
    const { page, frame, watch } = await visit(shop, { 'data-identity': vouchFor('u-42', 'Dana') });
    await page.getByTestId('chat-button').click();
    await new ChatPage(frame).say('I am known here');
    const id = await stage.conversationWith('I am known here');
    const conversation = stage.world.simulator.control.conversation(id);
    expect(conversation?.contact).toContain('u-42');
    expect(conversation?.customer.name).toBe('Dana');

    // Somebody else signs in at the same browser: nothing of the first one is left to see.
    await page.evaluate(`egainBridgeChat.identify(async () => ${JSON.stringify(vouchFor('u-43', 'Kim'))})`);
    await frame.getByTestId('own-message').waitFor({ state: 'detached' });
    await frame.locator('body[data-connection="online"]').waitFor();
    await new ChatPage(frame).say('I am somebody else');
    const other = stage.world.simulator.control.conversation(
      await stage.conversationWith('I am somebody else'),
    );
    expect(other?.contact).toContain('u-43');
    expect(await new ChatPage(frame).own('I am known here').count()).toBe(0);
    expect(watch.complaints).toEqual([]);
  });

  test('nothing can be written until the site has said who the visitor is, and then it is sent at once', async () => {
    const { page, frame } = await visit(shop);
    await page.evaluate(`egainBridgeChat.identify(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return ${JSON.stringify(vouchFor('u-44', 'Lou'))};
    })`);
    await page.getByTestId('chat-button').click();
    await frame.locator('textarea:disabled').waitFor();
    await new ChatPage(frame).say('as soon as I could');
    const id = await stage.conversationWith('as soon as I could');
    expect(stage.world.simulator.control.conversation(id)?.contact).toContain('u-44');
  });

  test('an identity that the site has not signed, or none where one is required, is told to the visitor', async () => {
    const forged = vouchFor('u-42', 'Dana', 'a-secret-that-somebody-has-made-up-01');
    for (const [attributes, channel] of [
      [{ 'data-identity': forged }, 'chat'],
      [{}, 'members'],
    ] as const) {
      const { page, frame } = await visit(shop, attributes, channel);
      await page.getByTestId('chat-button').click();
      await frame.getByRole('status').getByText('This chat is not available here.').waitFor();
      await frame.locator('body[data-connection="refused"]').waitFor();
    }
  });

  test('the site’s language and corner are taken over', async () => {
    const { page, frame } = await visit(shop, { 'data-language': 'de', 'data-side': 'left' });
    await page.getByTestId('chat-button').click();
    await frame.getByRole('button', { name: 'Senden' }).waitFor();
    expect((await page.getByTestId('chat-button').boundingBox())?.x).toBeLessThan(100);
  });
});

describe('the chat on a site that may not have it', () => {
  test('says to the visitor that there is none, and to the site’s makers which setting it is', async () => {
    const { page, watch } = await visit(stranger, { 'data-unavailable': 'No chat today.' });
    await page.getByTestId('chat-button').click();
    await page.getByRole('alert').getByText('No chat today.').waitFor();
    expect(await page.getByTestId('chat-frame').count()).toBe(0);
    expect(watch.complaints.join('\n')).toContain(
      `${stranger.origin} must stand in the channel's setting "origins"`,
    );
    await page.getByRole('button', { name: 'Close chat' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    // Who asks for a session by a script of their own gets no answer to read either.
    const ask = `fetch(${JSON.stringify(`${stage.chatUrl}/session`)}, { method: 'POST', body: '{}' }).then(() => 'read', () => 'refused')`;
    expect(await page.evaluate(ask)).toBe('refused');
    const answer = await fetch(`${stage.chatUrl}/session`, {
      method: 'POST',
      headers: { origin: stranger.origin },
      body: '{}',
    });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      { code: 'forbidden', message: "origin: expected publicUrl's or one of the channel's origins" },
    ]);
  });

  test('no page but the frames that are meant to fail has complained', () => {
    const expected =
      /frame-ancestors|must stand in the channel's setting|status of 401|blocked by CORS policy|ERR_FAILED/;
    for (const { complaints } of opened)
      expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  });
});
