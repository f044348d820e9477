import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FolderStore } from '../../../src/files/folder-store.js';
import { forgetCustomer } from '../../../src/lanes/customers.js';
import { DeadLetters } from '../../../src/lanes/dead-letters.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { openLayout } from '../../../src/lanes/layout.js';
import { jpeg, startFleet, type Fleet } from './support/fleet.js';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ store: true, roles: ['web'] });
});
afterAll(() => fleet.close());

describe('I13: one command forgets a customer everywhere', () => {
  test('their files and what is known of them go, other customers’ stay', async () => {
    const bytes = jpeg(5000);
    for (const id of ['dana', 'finn']) {
      const answer = await fleet.upload({ name: 'secret.jpg', size: bytes.length, customer: { id } }, bytes);
      expect(answer.status).toBe(201);
    }
    const redis = fleet.redis.client();
    const keys = await openLayout(redis, { prefix: 'egain-bridge', shards: 1 });
    const lanes = new Lanes(redis, keys, {
      duplicateWindowMs: 60_000,
      journeysMs: 60_000,
      journeysMax: 100,
      deadLettersMs: 60_000,
      deadLettersMax: 100,
      window: 10,
    });
    const files = async (): Promise<number> => {
      const found = await readdir(fleet.storeFolder, { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).length;
    };
    const records = async (): Promise<number> => (await redis.keys('*:f:*')).length;
    expect([await files(), await records()]).toEqual([2, 2]);
    for (const key of await redis.keys('*:f:*')) expect(await redis.get(key)).not.toContain('secret');
    await forgetCustomer(
      {
        redis,
        keys,
        lanes,
        deadLetters: new DeadLetters(redis, keys),
        forgetJobs: () => Promise.resolve(),
        dropMs: 60_000,
        forgetFile: (name) => new FolderStore(fleet.storeFolder).remove(name),
      },
      'support',
      'dana',
    );
    expect([await files(), await records()]).toEqual([1, 1]);
  });
});
