import type { Dispatcher } from 'undici';
import type { ConfiguredChannel } from '../bridge/channels.js';
import { failure, ok, wordsOf, type Finding } from './finding.js';
import { reach } from './reach.js';

/** Each channel: may its manifest say what it says, and does anything answer where its messages go? Sends no message. */
export async function checkChannels(
  channels: ReadonlyMap<string, ConfiguredChannel>,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  return Promise.all(
    [...channels.values()].map(async ({ name, adapter, settings }): Promise<Finding> => {
      const check = `channel ${name}`;
      const address = adapter.farEnd?.(settings());
      if (address === undefined) return ok(check, `${adapter.kind}: nothing to reach`);
      const { host } = new URL(address);
      try {
        const { status } = await reach(address, { method: 'HEAD', dispatcher, timeoutMs });
        return ok(check, `${host} answers (${status})`);
      } catch (error) {
        return failure(
          check,
          `${host}: ${wordsOf(error)}`,
          `start what listens there, open the way to it, or correct channels.${name}.url`,
        );
      }
    }),
  );
}
