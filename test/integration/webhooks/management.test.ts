import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { fromEgain, useWeb, type Web } from './support/web.js';

async function get(web: Web, path: string, method = 'GET') {
  const answer = await fetch(`http://127.0.0.1:${web.managementPort}${path}`, { method });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

describe.each(['all', 'web'] as const)('the management port of role %s', (role) => {
  const bridge = useWeb({ direct: true, role });

  test('says that the process lives and is ready', async () => {
    expect(await get(bridge(), '/livez')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await get(bridge(), '/readyz')).toMatchObject({
      status: 200,
      body: '{"status":"ok","checks":{"redis":true,"configuration":true,"running":true}}',
    });
  });

  test('shows figures in Prometheus’s form', async () => {
    await bridge().send({ path: '/egain/callback', headers: fromEgain, body: '{}' });
    const { status, headers, body } = await get(bridge(), '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(body).toMatch(/^egain_bridge_refused_total\{caller="egain",code="malformed"\} 1$/m);
  });

  test.each(['/', '/docs', '/openapi.json', '/queues', '/messages', '/api', '/api/messages', '/%zz'])(
    '%s answers nobody, and names the setting that would open it',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const { status, headers, body } = await get(bridge(), path, method);
        expect([status, JSON.parse(body)]).toEqual([
          403,
          { code: 'forbidden', message: 'set management.auth to use this page' },
        ]);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-powered-by')).toBeNull();
      }
    },
  );

  test('the public port has none of it', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/queues']) {
      expect((await bridge().send({ method: 'GET', path })).status).toBe(404);
    }
  });

  describe('when Redis answers no more', () => {
    const probe = async (path: string) => {
      const startedAt = performance.now();
      const { status, body } = await get(bridge(), path);
      return { status, body, ms: performance.now() - startedAt };
    };
    const unready = {
      status: 503,
      body: '{"status":"not ready","checks":{"redis":false,"configuration":true,"running":true}}',
    };

    beforeEach(() => void process.kill(bridge().redis.pid, 'SIGSTOP'));
    afterEach(async () => {
      process.kill(bridge().redis.pid, 'SIGCONT');
      await eventually(async () => (await get(bridge(), '/readyz')).status === 200);
    });

    test('the process is not ready, says so within about a second, and yet lives', async () => {
      const { ms, ...answer } = await probe('/readyz');
      expect(answer).toEqual(unready);
      expect(ms).toBeLessThan(3000);
      expect(await probe('/livez')).toMatchObject({ status: 200 });
      expect(await probe('/metrics')).toMatchObject({ status: 200 });
    });
  });

  test('when Redis is gone it is not ready but lives, and is ready again by itself', async () => {
    await bridge().redis.kill();
    await eventually(async () => (await get(bridge(), '/readyz')).status === 503);
    expect((await get(bridge(), '/livez')).status).toBe(200);
    await bridge().redis.restart();
    await eventually(async () => (await get(bridge(), '/readyz')).status === 200);
  });
});
