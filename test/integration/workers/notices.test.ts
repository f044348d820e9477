import { expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { NoticeWindow } from '../../../src/lanes/notice-window.js';
import { useTestRedis } from '../../support/redis.js';
import { Notices } from '../../../workers/notices.js';
import { Queues } from '../../../workers/queues.js';

const redis = useTestRedis();

/** Redis goes away after the notice was accepted. */
class CutOff extends NoticeWindow {
  override told(): Promise<void> {
    return Promise.reject(new Error('Redis is away'));
  }
}

test('I1: jobs that are due are added although what a notice told of cannot be written down', async () => {
  const keys = new Keyspace({ prefix: 'notices', shards: 1, secret: 'test' });
  const client = redis().client();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 100,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 10,
  });
  const queues = new Queues({ redis: client, keys, lanes, onError });
  const window = new CutOff(client, keys, 60_000);
  const settings = { customer: true, agent: false };
  const notices = new Notices({ window, keys, lanes, queues, settings });
  const customer = { id: 'ann' };
  const message = { id: 'm-1', type: 'text', customer, text: 'hello' } as const;
  try {
    await expect(
      notices.undelivered({ kind: 'inbound', channel: 'support', message }, '', 'rejected'),
    ).rejects.toThrow('away');
    const lane = keys.noticeLane('support', 'ann');
    const generation = (await client.hget(`${keys.tag(0)}:s:${lane}`, 'g')) ?? '';
    expect(await queues.shard(0).getJobState(`${lane}.${generation}`)).toBe('waiting');
    expect(errors).toEqual([]);
  } finally {
    await queues.close();
  }
});
