import { describe, expect, test } from '@jest/globals';
import { useWeb, waysIn } from '../webhooks/support/web.js';
import { chatChannel, shop } from './support.js';

describe.each(waysIn)('a chat’s page, $way', ({ direct }) => {
  const web = useWeb({
    direct,
    channels: {
      chat: chatChannel({ title: 'Help "<& more>', greeting: '<script>alert(1)</script>' }),
    },
  });
  const get = (path: string, headers: readonly (readonly [string, string])[] = []) =>
    web().send({ method: 'GET', path, headers });

  test('runs nothing but its own files, and only the channel’s sites may frame it', async () => {
    const { status, headers, body } = await get('/chat/chat');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain(`frame-ancestors 'self' ${shop}`);
    expect(policy).not.toMatch(/unsafe|\*|data:|https:(?!\/\/)/);
    expect(headers.has('x-frame-options')).toBe(false);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(body).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
  });

  test('shows the operator’s words as words', async () => {
    const { body } = await get('/chat/chat');
    expect(body).toContain('<title>Help &quot;&lt;&amp; more&gt;</title>');
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).not.toContain('<script>alert');
  });

  test('names its files so that they are found, behind a proxy’s prefix too', async () => {
    const { body } = await get('/chat/chat');
    const named = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(named).toEqual(['chat/page.css', 'chat/icon.svg', 'chat/page.js']);
    for (const name of named.filter((file) => !file.endsWith('.js'))) {
      expect((await get(`/chat/${name}`)).status).toBe(200);
    }
    const slash = await get('/chat/chat/');
    expect([slash.status, slash.headers.get('location')]).toEqual([308, '../chat']);
  });

  test('a file that did not change is not sent again', async () => {
    const { headers } = await get('/chat/chat/page.css');
    expect(headers.get('content-type')).toBe('text/css; charset=utf-8');
    const again = await get('/chat/chat/page.css', [['if-none-match', headers.get('etag') ?? '']]);
    expect([again.status, again.body]).toEqual([304, '']);
  });

  test.each([
    '/chat/chat/../../package.json',
    '/chat/chat/tsconfig.json',
    '/chat/chat/page.ts',
    '/chat/chat/.env',
    '/chat/nobody',
  ])('there is nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('is only to be read', async () => {
    const { status, headers } = await web().send({ method: 'POST', path: '/chat/chat' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
