/** The channels: what every one has, joined with the settings of the adapter it names. */
import * as z from 'zod';
import { lineEvents, usualLines, type LineEvent } from '../../src/messages/events.js';
import { accountSchema } from './account.js';
import { wideningsOf, type ChannelLimits } from './channel-limits.js';
import { evenIfIncomplete, isRecord } from './fields.js';
import { manifestSchema } from './manifest.js';

/** What the configuration needs of an adapter; `ChannelAdapter` fits. Its schema must be a plain object schema. */
export interface AdapterSettings {
  readonly kind: string;
  readonly configSchema: z.ZodType;
  /** `settings` is what `configSchema` made of them. */
  capabilities?(settings: unknown): ChannelLimits;
}

/** `settings` is what the adapter's own schema made of the keys beside those that every channel has. */
export interface ChannelConfig {
  readonly adapter: string;
  readonly manifest: z.infer<typeof manifestSchema>;
  readonly account: z.infer<typeof accountSchema>;
  readonly eventLines: readonly LineEvent[];
  readonly settings: unknown;
}

const channelName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
  error: 'a channel name: up to 63 lower-case letters, digits and dashes, no dash first',
});

const common = (kind: string) => ({
  adapter: z.literal(kind).describe('The kind of channel.'),
  manifest: manifestSchema,
  account: accountSchema,
  eventLines: z
    .array(z.enum(lineEvents))
    .default([...usualLines])
    .describe(
      'Events that come with a line of text in the customer’s language, unless eGain put them into words. Empty: none.',
    ),
});
type Common = ReturnType<typeof common>;

export function channelsSchema(
  adapters: readonly AdapterSettings[],
): z.ZodType<Readonly<Record<string, ChannelConfig>>> {
  const [first, ...others] = adapters.map(channelSchema);
  if (first === undefined) throw new TypeError('the configuration needs at least one adapter');
  return z
    .record(channelName, z.discriminatedUnion('adapter', [first, ...others]))
    .superRefine((channels, context) => {
      for (const [name, twin] of sameAddresses(channels)) {
        const message = `an address of its own: channel ${twin} has the same manifest.type and account.address`;
        context.addIssue({ code: 'custom', path: [name, 'account', 'address'], message });
      }
    }, evenIfIncomplete)
    .superRefine((channels, context) => {
      for (const [name, { adapter: kind, manifest, settings }] of Object.entries(channels)) {
        const limits = adapters.find((adapter) => adapter.kind === kind)?.capabilities?.(settings);
        for (const { path, expected } of limits === undefined ? [] : wideningsOf(manifest, limits))
          context.addIssue({ code: 'custom', path: [name, 'manifest', ...path], message: expected });
      }
    })
    .prefault({})
    .describe('The channels by name. The name is part of the webhook’s address: `/channels/<name>/webhook`.');
}

/** The adapter's checks keep working: they see the whole channel, which has all their keys. */
function channelSchema({ kind, configSchema }: AdapterSettings) {
  if (!(configSchema instanceof z.ZodObject)) {
    throw new TypeError(`the settings of adapter ${kind} must be a zod object schema`);
  }
  // The adapter's own keys are unknown to the compiler; those put in here are not.
  const whole = configSchema.safeExtend(common(kind)).strict() as unknown as z.ZodObject<
    Common,
    z.core.$strict
  >;
  return whole.transform(({ adapter, manifest, account, eventLines, ...settings }): ChannelConfig => ({
    adapter,
    manifest,
    account,
    eventLines,
    settings,
  }));
}

/** eGain finds the account by channel type and address, so a pair used twice would mix two channels' customers. */
function sameAddresses(channels: Readonly<Record<string, unknown>>): [string, string][] {
  const seen = new Map<string, string>();
  const found: [string, string][] = [];
  for (const [name, channel] of Object.entries(channels)) {
    const type = at(at(channel, 'manifest'), 'type');
    const address = at(at(channel, 'account'), 'address');
    if (type === undefined || address === undefined) continue;
    const pair = JSON.stringify([type, address]);
    const twin = seen.get(pair);
    if (twin === undefined) seen.set(pair, name);
    else found.push([name, twin]);
  }
  return found;
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}
