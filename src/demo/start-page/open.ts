import { openCore } from '../../bridge/core.js';
import type { Stage } from '../stage.js';
import { JourneyFeed } from './journey-feed.js';
import { serveStartPage, type StartPage } from './serve.js';

/** The start page of a stage, with a connection of its own to the stage's Redis. */
export async function openStartPage(stage: Stage, port: number): Promise<StartPage> {
  // A look that fails is followed by the next one, and a Redis that went away takes the whole demo with it.
  const onError = (): void => undefined;
  const core = await openCore(stage.config, onError);
  try {
    const { redis, keys } = core;
    const records = (since: number) => stage.simulator.records(since);
    const page = await serveStartPage({
      port,
      places: { chat: stage.chatUrl, desk: stage.simulator.deskUrl, management: stage.managementUrl },
      feed: new JourneyFeed({ redis, keys, records }),
      onError,
    });
    return {
      url: page.url,
      close: async () => {
        await page.close();
        await core.close();
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
}
