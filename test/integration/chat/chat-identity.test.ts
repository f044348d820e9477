import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { expectRefused, useWeb, type Headers } from '../webhooks/support/web.js';
import { bearer, call, chatChannel, chatSecret, json, oldChatSecret } from './support.js';

const channel = (name: string, identity: string): object => ({
  ...chatChannel({ identity }),
  manifest: { type: `custom.${name}`, displayName: name },
  account: { address: name },
});

const identityOf = (sub: string, channelName: string, secret = chatSecret): Promise<string> =>
  new SignJWT({ name: 'Dana', email: 'dana@example.com', email_verified: true })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setAudience(channelName)
    .setExpirationTime('5 minutes')
    .sign(Buffer.from(secret));

describe('I9: who a chat’s customers are', () => {
  const web = useWeb({
    direct: true,
    channels: {
      chat: channel('chat', 'anonymous'),
      either: channel('either', 'optional'),
      known: channel('known', 'required'),
    },
  });
  const open = (name: string, identity?: string, headers: Headers = []) =>
    web().send(call(`/chat/${name}/session`, identity === undefined ? {} : { identity }, headers));
  const refused = (status: number, code: string) =>
    ({ caller: 'chat', status, code, names: /identity/ }) as const;

  test('the site vouches for them, with any of its secrets; the name comes along', async () => {
    for (const secret of [chatSecret, oldChatSecret]) {
      const answer = await open('known', await identityOf('u-42', 'known', secret));
      expect([answer.status, json(answer)['customer']]).toEqual([200, { id: 'u-42', name: 'Dana' }]);
    }
  });

  test('where the site must vouch, nobody else comes in', async () => {
    await expectRefused(web(), () => open('known'), refused(401, 'unauthenticated'));
    const forged = await identityOf('u-42', 'known', 'x'.repeat(40));
    await expectRefused(web(), () => open('known', forged), refused(401, 'unauthenticated'));
    const elsewhere = await identityOf('u-42', 'either');
    await expectRefused(web(), () => open('known', elsewhere), refused(401, 'unauthenticated'));
    // Not even with a session that is still good: the site may have said good-bye to its visitor.
    const { token } = json(await open('known', await identityOf('u-42', 'known')));
    await expectRefused(
      web(),
      () => open('known', undefined, [bearer(String(token))]),
      refused(401, 'unauthenticated'),
    );
  });

  test('where nobody is known, nobody can say who they are', async () => {
    const identity = await identityOf('u-42', 'chat');
    await expectRefused(web(), () => open('chat', identity), refused(403, 'forbidden'));
  });

  test('whoever signs out of the site goes on as nobody, and does not see what was said before', async () => {
    const anonymous = json(await open('either'));
    expect(anonymous['customer']).toEqual({ id: expect.stringMatching(/^anon-/) });
    const known = json(await open('either', await identityOf('u-42', 'either')));
    expect(known['customer']).toMatchObject({ id: 'u-42' });
    const after = json(await open('either', undefined, [bearer(String(known['token']))]));
    expect(after['customer']).toEqual({ id: expect.stringMatching(/^anon-/) });
    expect(after['customer']).not.toEqual(anonymous['customer']);
  });

  test('a session’s token passes for no identity, nor an identity for a session', async () => {
    const identity = await identityOf('u-42', 'known');
    const { token } = json(await open('known', identity));
    await expectRefused(web(), () => open('known', String(token)), refused(401, 'unauthenticated'));
    const say = call('/chat/known/messages', { id: 'm-1', type: 'text', text: 'x' }, [bearer(identity)]);
    expect((await web().send(say)).status).toBe(401);
  });
});
