import { afterEach, describe, expect, test } from '@jest/globals';
import { connectRedis, type Manner, type RedisClient } from '../../../src/lanes/connection.js';
import { GatheringRedis } from '../../../src/lanes/gathering-redis.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let client: RedisClient | undefined;
afterEach(() => client?.disconnect());

function connect(manner: Manner): GatheringRedis {
  client = connectRedis({ url: redis().url }, manner, 'gathering');
  client.on('error', () => undefined);
  if (!(client instanceof GatheringRedis)) throw new TypeError('not the connection that is tested');
  return client;
}

describe('a connection that sends together', () => {
  test('takes any number of commands before it is there, where they wait for it', async () => {
    const early = connect('patient');
    const answers = Array.from({ length: 40 }, () => early.incr('early'));
    early.hurry();
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });

  test('refuses every one of them by its promise, where they do not wait', async () => {
    const early = connect('prompt');
    const answers = Array.from({ length: 40 }, () => early.incr('never'));
    early.hurry();
    const all = await Promise.allSettled(answers);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });
});
