import type { Browser } from 'playwright-core';
import type { ActionInput } from '../../../src/simulator/index.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { connect, startWorld, type BridgeProcess, type World } from '../../support/world.js';
import { openBrowser } from './browser.js';
import { startRelay, type Relay } from './relay.js';

export const chatSecret = 'a-secret-of-the-chat-tests-0123456789';

/** A bridge with a web chat, the simulator behind it in this very process, and a browser in front. */
export interface ChatWorld {
  readonly world: World;
  readonly browser: Browser;
  /** Between the browser and the bridge. */
  readonly relay: Relay;
  readonly chatUrl: string;
  readonly origin: string;
  /** Ends the bridge as a roll-out does, and starts it again at the same place. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  /** The conversation that holds these words. */
  conversationWith(text: string): Promise<string>;
  act(conversation: string, ...actions: readonly ActionInput[]): void;
  close(): Promise<void>;
}

/** @param channel settings of the channel `chat` besides the usual ones; `channels`: further ones */
export async function startChatWorld(
  options: {
    readonly chat?: Readonly<Record<string, unknown>>;
    readonly channels?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<ChatWorld> {
  const world = await startWorld({
    overrides: {
      channels: {
        chat: {
          adapter: 'webchat',
          secrets: [chatSecret],
          manifest: { type: 'custom.chat', displayName: 'Acme chat' },
          account: { address: 'acme-chat', defaultLanguage: 'en-US' },
          ...options.chat,
        },
        ...options.channels,
      },
      delivery: { backoff: { firstMs: 100, maxMs: 500 } },
    },
  });
  const port = await freePort();
  let bridge: BridgeProcess = await world.startBridge({ port });
  connect(world, bridge);
  const relay = await startRelay(port);
  const browser = await openBrowser({ from: port, to: relay.port });
  const { control } = world.simulator;
  return {
    world,
    browser,
    relay,
    origin: bridge.url,
    chatUrl: `${bridge.url}/chat/chat`,
    leave: async () => {
      bridge.signal('SIGTERM');
      await bridge.exited;
    },
    comeBack: async () => {
      bridge = await world.startBridge({ port });
    },
    conversationWith: async (text) => {
      const holds = (message: unknown): boolean =>
        JSON.stringify(message).includes(JSON.stringify(text).slice(1, -1));
      const { id } = await eventually(() =>
        control.conversations().findLast(({ messages }) => messages.some(holds)),
      );
      return id;
    },
    act: (conversation, ...actions) => {
      for (const action of actions) control.act(conversation, action);
    },
    close: async () => {
      await browser.close();
      await relay.close();
      await world.stop();
    },
  };
}
