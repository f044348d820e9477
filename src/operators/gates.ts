import { readBacklog } from '../lanes/backlog.js';
import { Gates, type GateState } from '../lanes/gates.js';
import type { Direction } from '../lanes/keyspace.js';
import type { OperatorAccess } from './access.js';

export interface ChannelGates {
  readonly channel: string;
  readonly adapter: string;
  /** What keeps the messages from eGain: the channel's own gate, else the one of eGain that all share. */
  readonly inbound: GateState['kind'];
  readonly outbound: GateState['kind'];
}

type Configured = Readonly<Record<string, { readonly adapter: string }>>;
type Access = Pick<OperatorAccess, 'redis' | 'keys'>;

/** The configured channels and whether they are delivered to. @throws what Redis throws */
export async function listGates(access: Access, channels: Configured): Promise<readonly ChannelGates[]> {
  const gates = gatesOf(access);
  await gates.refresh();
  const state = (target: string): GateState['kind'] => gates.state(target).kind;
  return Object.entries(channels).map(([channel, { adapter }]) => ({
    channel,
    adapter,
    inbound: state(`in:${channel}`) === 'open' ? state('egain') : state(`in:${channel}`),
    outbound: state(`out:${channel}`),
  }));
}

/** A channel that the configuration does not have (any more), and how many lanes hold messages for it. */
export interface StrayChannel {
  readonly channel: string;
  readonly lanesIn: number;
  readonly lanesOut: number;
}

/** Channels that messages are held for although they are not configured: removed, or renamed. @throws what Redis throws */
export async function listStrays(
  { redis, keys }: Access,
  channels: Configured,
): Promise<readonly StrayChannel[]> {
  const { targets } = await readBacklog(redis, keys);
  const strays = new Map<string, StrayChannel>();
  for (const { target, running, waiting, backingOff } of targets) {
    const colon = target.indexOf(':');
    const channel = target.slice(colon + 1);
    const lanes = running + waiting + backingOff;
    // `out:?`: the conversation's customer is not known yet, whoever it is.
    if (lanes === 0 || channel === '?' || channels[channel] !== undefined) continue;
    const { lanesIn, lanesOut } = strays.get(channel) ?? { lanesIn: 0, lanesOut: 0 };
    const inbound = target.startsWith('in:');
    strays.set(channel, {
      channel,
      lanesIn: lanesIn + (inbound ? lanes : 0),
      lanesOut: lanesOut + (inbound ? 0 : lanes),
    });
  }
  return [...strays.values()].sort((a, b) => a.channel.localeCompare(b.channel));
}

/** Stops these directions of a channel while intake goes on, or lets them go on. @throws what Redis throws */
export async function setGates(
  access: Access,
  act: 'pause' | 'resume',
  channel: string,
  directions: readonly Direction[],
): Promise<void> {
  const gates = gatesOf(access);
  for (const direction of directions) {
    if (act === 'pause') await gates.pause(`${direction}:${channel}`);
    else await gates.resume(`${direction}:${channel}`);
  }
}

/** An operator looks and says; only workers tell what they saw happen, so no breaker is needed. */
function gatesOf({ redis, keys }: Access): Gates {
  const breaker = { failures: 1, openMs: 1, maxOpenMs: 1, probeMs: 0 };
  return new Gates(redis, keys, breaker, () => performance.now());
}
