import { changesBetween } from '../../config/changes.js';
import { formatPath } from '../../config/problems.js';
import type { BridgeConfig } from '../../config/schema.js';
import { adapters } from '../channels/index.js';
import type { Logger } from '../operations/logger.js';
import type { ConfiguredChannel } from './channels.js';

/**
 * Takes over what of a new configuration can be taken over by a running process, and says in one line what needs a
 * restart. Returns the configuration that holds now.
 */
export function takeOver(
  running: BridgeConfig,
  next: BridgeConfig,
  { channels, log }: { readonly channels: ReadonlyMap<string, ConfiguredChannel>; readonly log: Logger },
): BridgeConfig {
  const changes = changesBetween(running, next, adapters);
  const live = changes.filter((change) => change.live);
  const late = changes.filter((change) => !change.live);
  const named = new Map<string, Record<string, unknown>>();
  for (const { path } of live) {
    const [section, name, key] = path;
    if (section !== 'channels' || typeof key !== 'string') continue;
    const settings = next.channels[String(name)]?.settings as Readonly<Record<string, unknown>>;
    named.set(String(name), { ...named.get(String(name)), [key]: settings[key] });
  }
  const now: BridgeConfig = {
    ...running,
    logging: { ...running.logging, level: next.logging.level },
    channels: Object.fromEntries(
      Object.entries(running.channels).map(([name, channel]) => {
        const secrets = named.get(name);
        if (secrets === undefined) return [name, channel];
        return [name, { ...channel, settings: { ...(channel.settings as object), ...secrets } }];
      }),
    ),
  };
  for (const name of named.keys()) channels.get(name)?.renew(now.channels[name]?.settings);
  // Told at whichever of the two levels says more.
  const told = { settings: live.map(({ path }) => formatPath(path)) };
  const tell = (): void => {
    if (live.length > 0) log.info(told, 'configuration taken over');
  };
  const isToldBefore = log.isLevelEnabled('info');
  if (isToldBefore) tell();
  log.level = now.logging.level;
  if (!isToldBefore) tell();
  if (late.length > 0)
    log.warn(
      { settings: late.map(({ path }) => formatPath(path)) },
      'these settings have changed and need a restart: the old ones hold until then',
    );
  return now;
}
