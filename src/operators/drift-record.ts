import type { RedisClient } from '../lanes/connection.js';

/** What the last comparison of eGain with the configuration found. */
export interface DriftRecord {
  /** Milliseconds since 1970, by the clock of who looked. */
  readonly at: number;
  /** Missing objects and fields that differ; undefined when it could not be told. */
  readonly differences?: number | undefined;
  /** Titles of the objects concerned. */
  readonly objects: readonly string[];
  /** Sentences. */
  readonly problems: readonly string[];
}

const keptMs = 7 * 24 * 60 * 60_000;

function keyOf(prefix: string): string {
  return `{${prefix}:figures}:drift`;
}

/** Kept for a week, for whoever asks next, in whichever process. @throws what Redis throws */
export async function writeDrift(redis: RedisClient, prefix: string, record: DriftRecord): Promise<void> {
  await redis.set(keyOf(prefix), JSON.stringify(record), 'PX', keptMs);
}

/** @returns undefined when nobody has looked lately */
export async function readDrift(redis: RedisClient, prefix: string): Promise<DriftRecord | undefined> {
  const text = await redis.get(keyOf(prefix));
  return text === null ? undefined : (JSON.parse(text) as DriftRecord);
}
