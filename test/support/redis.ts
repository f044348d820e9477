import { afterAll, beforeAll } from '@jest/globals';
import type { RedisServerOptions } from '../../src/operations/redis-server.js';
import { startTestRedis, type TestRedis } from './test-redis.js';

export { startTestRedis, type TestRedis } from './test-redis.js';

/**
 * One Redis for all tests of a file: started before the first, stopped after the last. Tests that need it empty use
 * names of their own (`redis.prefix`) rather than a flush, so that they cannot disturb each other.
 */
export function useTestRedis(options: RedisServerOptions = {}): () => TestRedis {
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await startTestRedis(options);
  });
  afterAll(() => redis?.stop());
  return () => {
    if (redis === undefined) throw new Error('The test Redis runs only while the tests of the file do.');
    return redis;
  };
}
