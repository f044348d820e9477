import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { webhookConfigSchema } from '../../../src/channels/webhook/config.js';
import { webhookAdapter } from '../../../src/channels/webhook/index.js';
import { startLoopbackServer } from './loopback-server.js';

test('the shell example of the documentation is believed and understood', async () => {
  const docs = readFileSync(new URL('../../../docs/channels.md', import.meta.url), 'utf8');
  const script = /<!-- example: send -->\s+```bash\n([\s\S]*?)```/.exec(docs)?.[1] ?? 'exit 1';
  // A secret with zero bytes and line-feed bytes in it: where a shell goes wrong.
  const secret = `whsec_${Buffer.from([0, 10, 13, 32, ...Buffer.alloc(20, 7), 0, 10]).toString('base64')}`;
  const bridge = await startLoopbackServer();
  try {
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      env: { ...process.env, BRIDGE: bridge.url, SECRET: secret },
    });
    const [seen] = bridge.seen;
    const request = {
      method: 'POST',
      path: seen?.path ?? '',
      query: new URLSearchParams(),
      headers: new Map(Object.entries(seen?.headers ?? {}).map(([name, value]) => [name, String(value)])),
      body: seen?.body ?? Buffer.alloc(0),
    };
    const config = webhookConfigSchema.parse({ url: 'https://chat.example.com/bridge', secrets: [secret] });
    expect(request.path).toBe('/channels/support/webhook');
    expect(webhookAdapter.verify(request, config, { now: Date.now })).toEqual({ ok: true });
    expect(webhookAdapter.parse(request, config)).toMatchObject({ ok: true, events: [{ kind: 'message' }] });
  } finally {
    await bridge.close();
  }
});
