import { describe, expect, test } from '@jest/globals';
import { Slots } from '../../../workers/slots.js';
import { persist } from '../../../workers/persist.js';

describe('I2b: shares of the concurrency', () => {
  test('what hangs uses up its own share only', async () => {
    const slots = new Slots(1);
    expect(await slots.acquire('hanging')).toBeDefined();
    expect(await slots.acquire('other')).toBeDefined();
  });

  test('a place is handed to who waits longest', async () => {
    const slots = new Slots(1);
    const first = await slots.acquire('a');
    const order: string[] = [];
    const second = slots.acquire('a').then(() => order.push('second'));
    first?.();
    await second;
    expect(order).toEqual(['second']);
  });

  test('who would have to wait behind a full share of others is sent away', async () => {
    const slots = new Slots(1);
    await slots.acquire('a');
    void slots.acquire('a');
    expect(await slots.acquire('a')).toBeUndefined();
  });

  test('a place given back twice is one place', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire('a');
    release?.();
    release?.();
    expect(await slots.acquire('a')).toBeDefined();
    void slots.acquire('a');
    expect(await slots.acquire('a')).toBeUndefined();
  });
});

describe('writing down what has happened', () => {
  const signal = new AbortController().signal;

  test('is tried again through an outage', async () => {
    let failures = 3;
    const write = () => (failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve('written'));
    expect(await persist(write, { signal, now: () => 0 })).toBe('written');
  });

  test('is given up when the outage is too long, with its last error', async () => {
    let time = 0;
    const write = () => Promise.reject(new Error('away'));
    await expect(persist(write, { signal, now: () => (time += 40_000) })).rejects.toThrow('away');
  });

  test('is given up when the process must leave', async () => {
    const write = () => Promise.reject(new Error('away'));
    await expect(persist(write, { signal: AbortSignal.abort(), now: () => 0 })).rejects.toThrow('away');
  });
});
