/** What differs between two configurations, and what of it a running process can take over. */
import * as z from 'zod';
import type { Path } from './problems.js';
import type { AdapterSettings, BridgeConfig } from './schema.js';
import { isRecord } from './schema/fields.js';
import { below, isSecret } from './shape.js';

export interface Change {
  /** As the file has it; a list is one setting. Never a value: it may be a secret. */
  readonly path: Path;
  /** Whether it holds without a restart: the level of the log, and the secrets of channels that were there before. */
  readonly live: boolean;
}

/** `adapters` as for the schema: they say which settings of their channels are secrets. */
export function changesBetween(
  before: BridgeConfig,
  after: BridgeConfig,
  adapters: readonly AdapterSettings[],
): Change[] {
  return differences(before, after, []).map((place) => {
    const [section, name, inner, key] = place;
    if (section !== 'channels' || typeof name !== 'string') {
      return { path: place, live: section === 'logging' && name === 'level' };
    }
    if (inner !== 'settings' || typeof key !== 'string') return { path: place, live: false };
    // Adapters' own settings stand beside the others in the file.
    const path = ['channels', name, ...place.slice(3)];
    const kind = before.channels[name]?.adapter;
    const isSame = kind === after.channels[name]?.adapter && place.length === 4;
    return { path, live: isSame && isSecretOf(adapters, kind, key) };
  });
}

function isSecretOf(adapters: readonly AdapterSettings[], kind: string | undefined, key: string): boolean {
  const schema = adapters.find((adapter) => adapter.kind === kind)?.configSchema;
  return schema instanceof z.ZodObject && below([schema], key).some((field) => isSecret(key, field));
}

/** The deepest settings that are not the same. */
function differences(before: unknown, after: unknown, path: Path): Path[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  // Both came out of the same schema, which writes what is equal in one way.
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}
