import type { Redis } from 'ioredis';
import { contentsOf } from '../../../support/redis-contents.js';
import type { Bench } from './bench.js';

/** All that Redis holds, by name. */
export async function everything(client: Redis): Promise<Map<string, string>> {
  return new Map((await contentsOf(client)).map(({ name, value }) => [name, value]));
}

/** One customer with something of everything: waiting, dead, delivered, conversations, notices, data for the next start. */
export async function live(
  { accept, inbound, outbound, end, core, client }: Bench,
  id: string,
): Promise<string[]> {
  const { keys, conversations } = core;
  const lane = keys.inboundLane('support', id);
  const notices = keys.noticeLane('support', id);
  const customer = { id };
  const open = `open-of-${id}`;
  const past = `past-of-${id}`;
  await accept(
    inbound(`${id}-1`, { customer }),
    inbound(`${id}-2`, { customer }),
    inbound(`${id}-3`, { customer }),
  );
  await end(lane, 'delivered');
  await end(lane, 'dead');
  for (const conversation of [open, past]) {
    await conversations.bind(conversation, { channel: 'support', customerId: id }, 60_000);
    await accept(
      outbound(`${id}-${conversation}-1`, conversation),
      outbound(`${id}-${conversation}-2`, conversation),
    );
    await end(keys.outboundLane(conversation), 'delivered');
  }
  await client.set(`${keys.tag(0)}:m:${lane}`, open, 'PX', 60_000);
  await conversations.keepInfo(lane, JSON.stringify(customer), 60_000);
  await conversations.rememberContact(
    `${id}@support.channel.invalid`,
    { channel: 'support', customerId: id },
    60_000,
  );
  await accept({
    lane: notices,
    target: 'out:support',
    mark: 'm',
    payload: JSON.stringify({ k: 'n', c: 'support', u: customer, n: {} }),
  });
  await client.set(`${keys.tag(0)}:n:${notices}:mark`, '1', 'PX', 60_000);
  return [lane, notices, keys.outboundLane(open), keys.outboundLane(past)];
}
