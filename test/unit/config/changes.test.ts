import { describe, expect, test } from '@jest/globals';
import { changesBetween } from '../../../config/changes.js';
import { formatPath } from '../../../config/problems.js';
import { bridgeSchema } from '../../../config/schema.js';
import { adapters } from '../../../src/channels/index.js';

const whsec = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const support = {
  adapter: 'webhook',
  url: 'https://chat.example.com/bridge',
  secrets: [whsec(1)],
  manifest: { type: 'custom.support', displayName: 'Support' },
  account: { address: 'acme-support' },
};
const chat = {
  adapter: 'webchat',
  secrets: ['0123456789abcdef0123456789abcdef'],
  manifest: { type: 'custom.chat', displayName: 'Chat' },
  account: { address: 'acme-chat' },
};

function config(more: Readonly<Record<string, unknown>> = {}) {
  return bridgeSchema(adapters).parse({
    redis: { url: 'redis://127.0.0.1:6379' },
    egain: {
      apiUrl: 'https://api.egain.cloud/v3',
      token: { url: 'https://login.example.com', clientId: 'bridge', clientSecret: 'a-secret-of-the-tests' },
      callback: {
        authentication: [{ type: 'basic', username: 'egain', password: 'a-password-of-the-tests' }],
      },
    },
    channels: { support, chat },
    ...more,
  });
}

/** As operators are told: what holds at once, and what needs a restart. */
function changed(more: Readonly<Record<string, unknown>>) {
  const changes = changesBetween(config(), config(more), adapters);
  const paths = (live: boolean) =>
    changes.filter((change) => change.live === live).map(({ path }) => formatPath(path));
  return { live: paths(true), late: paths(false) };
}

describe('what a new configuration changes', () => {
  test('nothing, where it says the same', () => {
    expect(changed({})).toEqual({ live: [], late: [] });
    expect(changed({ logging: {} })).toEqual({ live: [], late: [] });
  });

  test('the level of the log and the channels’ secrets hold at once', () => {
    const channels = { support: { ...support, secrets: [whsec(2), whsec(1)] }, chat };
    expect(changed({ logging: { level: 'debug' }, channels })).toEqual({
      live: ['logging.level', 'channels.support.secrets'],
      late: [],
    });
    const rotated = { ...chat, secrets: ['fedcba9876543210fedcba9876543210', ...chat.secrets] };
    expect(changed({ channels: { support, chat: rotated } }).live).toEqual(['channels.chat.secrets']);
  });

  test('everything else needs a restart, by the name it has in the file', () => {
    expect(
      changed({
        server: { maxBodyBytes: 2048 },
        logging: { requests: false },
        channels: {
          support: { ...support, timeoutMs: 500, account: { address: 'other' } },
          chat: { ...chat, limits: { streams: 7 } },
        },
      }),
    ).toEqual({
      live: [],
      late: [
        'server.maxBodyBytes',
        'logging.requests',
        'channels.support.account.address',
        'channels.support.timeoutMs',
        'channels.chat.limits.streams',
      ],
    });
  });

  test('a channel that comes, goes or becomes another kind needs a restart, its secrets included', () => {
    expect(changed({ channels: { support } })).toEqual({ live: [], late: ['channels.chat'] });
    expect(changed({ channels: { support, chat, more: { ...chat, account: { address: 'x' } } } })).toEqual({
      live: [],
      late: ['channels.more'],
    });
    const { live, late } = changed({
      channels: { support: { ...chat, account: support.account }, chat },
    });
    expect(live).toEqual([]);
    expect(late).toContain('channels.support.secrets');
  });
});
