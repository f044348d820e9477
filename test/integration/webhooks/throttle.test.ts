import { describe, expect, test } from '@jest/globals';
import {
  basic,
  expectRefused,
  fromEgain,
  jsonType,
  passwords,
  signed,
  useWeb,
  waysIn,
  type Headers,
} from './support/web.js';

const batch = '{"messages":{"message":[]}}';
const bad: Headers = [jsonType, ['authorization', basic('a-wrong-password')]];

describe.each(waysIn)('I9: who keeps failing has to wait, $way', ({ direct }) => {
  describe('told by the connection', () => {
    const web = useWeb({ direct });
    const post = (from: string, headers: Headers) =>
      web().send({ path: '/egain/callback', headers, body: batch }, from);

    test('after 30 failures, on every route; nobody at another address notices', async () => {
      for (let n = 0; n < 30; n += 1) expect((await post('127.0.0.1', bad)).status).toBe(401);
      const refused = await expectRefused(web(), () => post('127.0.0.1', fromEgain), {
        status: 429,
        code: 'too-many-requests',
        caller: 'egain',
        names: /address/,
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      const body = '{"id":"m-1","type":"text","customer":{"id":"u-1"},"text":"x"}';
      const webhook = { path: '/channels/support/webhook', headers: signed(body), body };
      expect((await web().send(webhook, '127.0.0.1')).status).toBe(429);
      const token = { path: '/egain/token', body: 'grant_type=client_credentials' };
      expect((await web().send(token, '127.0.0.1')).status).toBe(429);

      expect((await post('127.0.0.2', fromEgain)).status).toBe(200);
      expect((await web().send(webhook, '127.0.0.2')).status).toBe(202);
      // What a caller says about itself does not count: no proxy is trusted.
      expect((await post('127.0.0.1', [...fromEgain, ['x-forwarded-for', '127.0.0.2']])).status).toBe(429);
    });

    test('a wrong signature or client secret counts as well, what is only malformed does not', async () => {
      const at = '127.0.0.3';
      const headers = signed('{}', { secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` });
      for (let n = 0; n < 40; n += 1) {
        expect(
          (await web().send({ path: '/channels/support/webhook', headers: signed('{}'), body: '{}' }, at))
            .status,
        ).toBe(400);
      }
      for (let n = 0; n < 15; n += 1) {
        const wrong = { path: '/channels/support/webhook', headers, body: '{}' };
        expect((await web().send(wrong, at)).status).toBe(401);
        expect(
          (await web().send({ path: '/egain/token', body: 'grant_type=client_credentials' }, at)).status,
        ).toBe(401);
      }
      expect((await post(at, fromEgain)).status).toBe(429);
    });
  });

  describe('told by two trusted proxies', () => {
    const web = useWeb({ direct, server: { trustProxy: 2 } });
    const post = (forwarded: string, password: string) =>
      web().send(
        {
          path: '/egain/callback',
          headers: [jsonType, ['authorization', basic(password)], ['x-forwarded-for', forwarded]],
          body: batch,
        },
        '127.0.0.1',
      );
    const block = async (forwarded: string): Promise<void> => {
      for (let n = 0; n < 30; n += 1) await post(forwarded, 'a-wrong-password');
      expect((await post(forwarded, passwords[0])).status).toBe(429);
    };

    test('it is the address that the outer one saw, whatever the caller wrote before it', async () => {
      await block('203.0.113.7, 10.0.0.1');
      expect((await post('198.51.100.1, 203.0.113.7, 10.0.0.1', passwords[0])).status).toBe(429);
      expect((await post('203.0.113.7, 198.51.100.1, 10.0.0.1', passwords[0])).status).toBe(200);
    });

    test('a port beside the address makes no other caller of it', async () => {
      await block('203.0.113.8:4001, 10.0.0.1');
      expect((await post('203.0.113.8:4002, 10.0.0.1', passwords[0])).status).toBe(429);
    });

    test('with IPv6 everybody has a network of their own, and counts as one', async () => {
      await block('2001:db8:0:7::1, 10.0.0.1');
      expect((await post('[2001:0DB8:0000:0007:ffff::2]:443, 10.0.0.1', passwords[0])).status).toBe(429);
      expect((await post('2001:db8:0:8::1, 10.0.0.1', passwords[0])).status).toBe(200);
    });

    test('what is no address at all counts for the connection', async () => {
      await block('unknown, 10.0.0.1');
      expect((await post('<script>, 10.0.0.1', passwords[0])).status).toBe(429);
      expect((await post('203.0.113.99, 10.0.0.1', passwords[0])).status).toBe(200);
    });
  });
});
