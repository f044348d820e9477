import type { ChannelAdapter } from './adapter.js';
import { webchatAdapter } from './webchat/index.js';
import { webhookAdapter } from './webhook/index.js';

/** Every channel kind there is. An adapter is only ever handed settings that its own `configSchema` returned. */
export const adapters: readonly ChannelAdapter<unknown>[] = [webhookAdapter, webchatAdapter];

/** The adapter behind `adapter: <kind>` of the configuration. */
export function findAdapter(kind: string): ChannelAdapter<unknown> | undefined {
  return adapters.find((adapter) => adapter.kind === kind);
}
