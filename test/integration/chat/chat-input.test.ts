import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { expectRefused, marker, useWeb, waysIn, type Headers } from '../webhooks/support/web.js';
import { bearer, call, chatChannel, json, newSession, shop } from './support.js';

const text = (fields: object = {}): object => ({ id: 'm-1', type: 'text', text: 'Hello', ...fields });
const from = (origin: string): Headers => [['origin', origin]];
const refusedAs = { caller: 'chat' } as const;

describe.each(waysIn)('a web chat, $way', ({ direct }) => {
  const web = useWeb({
    direct,
    channels: {
      chat: chatChannel(),
      other: {
        ...chatChannel(),
        manifest: { type: 'custom.other', displayName: 'Other' },
        account: { address: 'other' },
      },
      strict: {
        ...chatChannel({ limits: { sessionsPerMinute: 2, messagesPerMinute: 3, streams: 1 } }),
        manifest: {
          type: 'custom.strict',
          displayName: 'Strict',
          restrictions: { inbound: { maxTextLength: 10 } },
        },
        account: { address: 'strict' },
      },
      pictures: {
        ...chatChannel(),
        manifest: {
          type: 'custom.pictures',
          displayName: 'Pictures',
          restrictions: { inbound: { attachmentPolicy: { type: 'allow', extensions: ['png', 'jpg'] } } },
          l10nProperties: [
            {
              language: 'de',
              properties: [{ name: 'msg_hub_blocked_file_extension', value: 'Nur Bilder, nicht {0}.' }],
            },
          ],
        },
        account: { address: 'pictures' },
      },
    },
  });
  const say = (token: string, body: unknown, headers: Headers = []) =>
    web().send(call('/chat/chat/messages', body, [bearer(token), ...headers]));

  test('a session gives a token, a customer nobody else is, and what the page shows', async () => {
    const answers = await Promise.all([0, 1].map(() => web().send(call('/chat/chat/session', {}))));
    const [first, second] = answers.map(json);
    expect(first).toMatchObject({
      token: expect.any(String),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      customer: { id: expect.stringMatching(/^anon-[0-9a-f]{32}$/) },
      chat: { title: 'Chat', maxTextLength: 16_384, typing: true, defaultLanguage: 'en-US' },
    });
    expect(first?.['customer']).not.toEqual(second?.['customer']);
  });

  test('a session that comes again goes on as the same customer', async () => {
    const first = json(await web().send(call('/chat/chat/session', {})));
    const again = json(await web().send(call('/chat/chat/session', {}, [bearer(String(first['token']))])));
    expect(again['customer']).toEqual(first['customer']);
  });

  test('I3: a message that comes again is a duplicate, and both answers are 202', async () => {
    const token = await newSession(web());
    const answers = [await say(token, text()), await say(token, text())];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(answers.map((answer) => json(answer)['status'])).toEqual(['accepted', 'duplicate']);
  });

  test('I9: nobody speaks without a session, with a made up one, or with one of another chat', async () => {
    const token = await newSession(web());
    const [payload = '', mac = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { u: object };
    const stranger = Buffer.from(JSON.stringify({ ...claims, u: { id: 'anon-somebody-else' } }));
    const attempts: Headers[] = [
      [],
      [['authorization', 'Basic YTpi']],
      [bearer('')],
      [bearer('x.y')],
      [bearer(`${payload}.`)],
      // Somebody else's name under one's own signature, and under none.
      [bearer(`${stranger.toString('base64url')}.${mac}`)],
      [bearer(`${stranger.toString('base64url')}.${Buffer.alloc(32).toString('base64url')}`)],
      [bearer(await newSession(web(), 'other'))],
    ];
    for (const headers of attempts) {
      await expectRefused(web(), () => web().send(call('/chat/chat/messages', text(), headers)), {
        ...refusedAs,
        status: 401,
        code: 'unauthenticated',
        names: /^authorization: /,
      });
    }
  });

  test('I9: a site’s own signature is no session, although the secret is the same', async () => {
    const token = await newSession(web());
    const [payload = ''] = token.split('.');
    const mac = createHmac('sha256', 'a-secret-of-the-chat-tests-0123456789').update(payload);
    await expectRefused(web(), () => say(`${payload}.${mac.digest('base64url')}`, text()), {
      ...refusedAs,
      status: 401,
      code: 'unauthenticated',
      names: /wrong-signature/,
    });
  });

  test('I9: pages of other sites are turned away, also with somebody’s session', async () => {
    const ours = await newSession(web());
    const theirs = await newSession(web(), 'chat', from(shop));
    const forbidden = { ...refusedAs, status: 403, code: 'forbidden', names: /origin/ };
    for (const origin of [
      'https://evil.example',
      'null',
      'https://shop.example.com.evil.example',
      'http://shop.example.com',
      'https://shop.example.com:8443',
      'HTTPS://SHOP.EXAMPLE.COM',
    ]) {
      const answer = await expectRefused(web(), () => say(ours, text(), from(origin)), forbidden);
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
      const session = call('/chat/chat/session', {}, from(origin));
      await expectRefused(web(), () => web().send(session), forbidden);
    }
    // A session belongs to where it was opened: neither an allowed site nor a page of ours may use the other's.
    await expectRefused(web(), () => say(ours, text(), from(shop)), forbidden);
    await expectRefused(web(), () => say(theirs, text()), forbidden);
    const said = await say(theirs, text({ id: 'from-shop' }), from(shop));
    expect([said.status, said.headers.get('access-control-allow-origin'), said.headers.get('vary')]).toEqual([
      202,
      shop,
      'origin',
    ]);
  });

  test('a browser may ask whether it may ask', async () => {
    const preflight = (origin: string) =>
      web().send({ method: 'OPTIONS', path: '/chat/chat/messages', headers: from(origin) });
    const allowed = await preflight(shop);
    expect([allowed.status, Object.fromEntries(allowed.headers)]).toEqual([
      204,
      expect.objectContaining({
        'access-control-allow-origin': shop,
        'access-control-allow-headers': expect.stringMatching(/authorization.*last-event-id/),
        'access-control-allow-methods': 'GET, POST, DELETE',
      }),
    ]);
    expect(allowed.headers.has('access-control-allow-credentials')).toBe(false);
    await expectRefused(web(), () => preflight('https://evil.example'), {
      ...refusedAs,
      status: 403,
      code: 'forbidden',
      names: /origin/,
    });
  });

  test('a chat of which there is none, and an address below a chat, is not found', async () => {
    for (const path of ['/chat/nobody/session', '/chat/chat/nothing', '/chat/chat/constructor']) {
      await expectRefused(web(), () => web().send(call(path, {})), {
        ...refusedAs,
        status: 404,
        code: 'not-found',
        names: /./,
      });
    }
    // A chat has no webhook: that would be a way around its limits.
    const token = await newSession(web());
    const aside = call('/channels/chat/webhook', text(), [bearer(token)]);
    expect((await web().send(aside)).status).toBe(404);
  });

  test.each([
    ['a body that is no JSON', `{"${marker}`, 400, 'malformed', /body/],
    ['no type', { id: 'm-2' }, 400, 'malformed', /type/],
    ['an id with spaces', text({ id: `m ${marker}` }), 400, 'malformed', /id/],
    ['a text that is a number', text({ text: 7 }), 400, 'malformed', /text/],
    ['an empty text', text({ text: ' \n' }), 422, 'unprocessable', /text/],
    ['a text that is too long', text({ text: 'x'.repeat(16_385) }), 422, 'unprocessable', /text/],
    ['a choice of nothing', { id: 'm-3', type: 'choice' }, 400, 'malformed', /choices/],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'malformed', /UTF-8/],
    ['10 MB of text', text({ text: marker.repeat(500_000) }), 413, 'too-large', /body/],
  ] as const)('%s is refused', async (_what, body, status, code, names) => {
    const token = await newSession(web());
    await expectRefused(web(), () => say(token, body), { ...refusedAs, status, code, names });
  });

  test('whose message it is stands in the token, whatever the body says', async () => {
    const token = await newSession(web());
    expect((await say(token, text({ id: 'own-name', customer: { id: 'somebody-else' } }))).status).toBe(202);
    const redis = web().redis.client();
    const waiting = await Promise.all((await redis.keys('*:l:*')).map((key) => redis.lrange(key, 0, -1)));
    expect(JSON.stringify(waiting)).not.toContain('somebody-else');
  });

  test.each([
    ['without a session', [], { name: 'a.pdf', size: 1 }, 401, 'unauthenticated', /authorization/],
    ['of nothing', 'ours', { name: 'a.pdf', size: 0 }, 422, 'unprocessable', /size/],
    ['of 11 MiB', 'ours', { name: 'a.pdf', size: 11 * 1024 * 1024 }, 413, 'too-large', /size/],
    ['without a name', 'ours', { size: 1 }, 400, 'malformed', /name/],
    ['of a size that is none', 'ours', { name: 'a.pdf', size: -1 }, 400, 'malformed', /size/],
  ] as const)('an upload %s gets no ticket', async (_what, who, wish, status, code, names) => {
    const headers = who === 'ours' ? [bearer(await newSession(web()))] : who;
    const asked = call('/chat/chat/uploads', wish, headers);
    await expectRefused(web(), () => web().send(asked), { ...refusedAs, status, code, names });
  });

  test.each([
    ['de-AT,de;q=0.9', 'Nur Bilder, nicht exe.'],
    ['en-GB', 'Files of type "exe" cannot be sent here.'],
    ['not a language', 'Files of type "exe" cannot be sent here.'],
  ])('whoever speaks %s is told in the channel’s words why a file is refused', async (language, told) => {
    const token = await newSession(web(), 'pictures');
    const wish = call('/chat/pictures/uploads', { name: 'setup.exe', size: 9 }, [
      bearer(token),
      ['accept-language', language],
    ]);
    const answer = await web().send(wish);
    expect([answer.status, json(answer)]).toEqual([
      422,
      { code: 'unprocessable', message: 'file: expected a type that the channel allows', told },
    ]);
  });

  test('a file comes with a ticket or not at all; a session is none', async () => {
    const token = await newSession(web());
    const boundary = [['content-type', 'multipart/form-data; boundary=b']] as const;
    const form = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n';
    for (const headers of [boundary, [...boundary, bearer(token)], [...boundary, bearer('x'.repeat(43))]]) {
      await expectRefused(web(), () => web().send({ path: '/chat/chat/uploads', headers, body: form }), {
        ...refusedAs,
        status: 401,
        code: 'unauthenticated',
        names: /ticket/,
      });
    }
    // The generic way to a ticket is closed to chats: it knows nothing of their limits.
    const aside = call('/channels/chat/assets', { name: 'a.pdf', size: 1 }, [bearer(token)]);
    expect((await web().send(aside)).status).toBe(401);
  });

  test('a message names files that were uploaded and no addresses to fetch', async () => {
    const token = await newSession(web());
    for (const attachment of [
      { name: 'a', url: 'http://169.254.169.254/' },
      { name: 'a', assetId: '../x' },
    ]) {
      await expectRefused(web(), () => say(token, text({ attachments: [attachment] })), {
        ...refusedAs,
        status: 400,
        code: 'malformed',
        names: /attachments/,
      });
    }
  });

  test('the manifest’s limit holds', async () => {
    const token = await newSession(web(), 'strict');
    const long = call('/chat/strict/messages', text({ text: 'more than ten' }), [bearer(token)]);
    const answer = await web().send(long);
    expect([answer.status, json(answer)]).toEqual([
      422,
      { code: 'unprocessable', message: expect.stringMatching(/text.*10/) },
    ]);
    expect(answer.body).not.toContain('more than ten');
  });

  test('an address that asks too often has to wait, and nobody else', async () => {
    const session = (address: string) => web().send(call('/chat/strict/session', {}), address);
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await session('127.0.9.1'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await session('127.0.9.2')).status).toBe(200);

    const token = String(json(answers[0] ?? (await session('127.0.9.3')))['token']);
    const statuses = [];
    for (let n = 0; n < 5; n += 1) {
      const message = call('/chat/strict/messages', text({ id: `often-${n}` }), [bearer(token)]);
      statuses.push((await web().send(message, '127.0.9.1')).status);
    }
    expect(statuses).toEqual([202, 202, 202, 429, 429]);
  });
});
