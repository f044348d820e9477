import type { BridgeConfig } from '../../config/schema.js';
import { findAdapter } from '../channels/index.js';
import type { ChannelAdapter } from '../channels/adapter.js';
import { effectiveCapabilities, type EffectiveCapabilities } from '../channels/effective-capabilities.js';

/** One channel of the configuration with the code that speaks to it. */
export interface ConfiguredChannel {
  readonly name: string;
  readonly adapter: ChannelAdapter<unknown>;
  readonly config: Omit<BridgeConfig['channels'][string], 'settings'>;
  /** The adapter's own settings as they are now: ask anew for each use. */
  readonly settings: () => unknown;
  /** From now on these hold: secrets are rotated while the bridge runs. */
  readonly renew: (settings: unknown) => void;
  /** What the adapter can do and the manifest leaves of it. */
  readonly capabilities: EffectiveCapabilities;
  /** How long a silent conversation counts as open: eGain's own time and a margin, since being early would split it. */
  readonly idleMs: number;
  readonly accountTimeoutMs: number;
}

const minuteMs = 60_000;

/** @param find for kinds of channels that are not the house's own. */
export function configuredChannels(
  config: BridgeConfig,
  find: typeof findAdapter = findAdapter,
): ReadonlyMap<string, ConfiguredChannel> {
  return new Map(
    Object.entries(config.channels).map(([name, channel]) => {
      const adapter = find(channel.adapter);
      if (adapter === undefined)
        throw new Error(`channels.${name}.adapter: there is no adapter of this kind`);
      const accountTimeoutMs = channel.account.timeout * minuteMs;
      const idleMs = config.egain.switches.idle_timer
        ? accountTimeoutMs + config.delivery.idleMarginMs
        : config.delivery.conversationMemoryMs;
      const capabilities = effectiveCapabilities(
        adapter.capabilities(channel.settings),
        channel.manifest.restrictions,
      );
      let { settings } = channel;
      const renew = (given: unknown): void => {
        settings = given;
      };
      return [
        name,
        {
          name,
          adapter,
          config: channel,
          settings: () => settings,
          renew,
          capabilities,
          idleMs,
          accountTimeoutMs,
        },
      ];
    }),
  );
}
