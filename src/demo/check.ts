import type { SampleChannel } from '../simulator/channel/sample-channel.js';
import type { Simulator } from '../simulator/index.js';

/** A message as one of the far ends knows it. */
export interface Item {
  readonly id: string;
  readonly what: string;
}

/** What is wrong, in sentences, when `got` is not exactly `sent`: each once, in order, unchanged. Empty = all is well. */
export function compare(sent: readonly Item[], got: readonly Item[], destination: string): string[] {
  const told: string[] = [];
  for (const { id, what } of sent) {
    const copies = got.filter((item) => item.id === id);
    if (copies.length === 0) told.push(`"${what}" did not arrive at ${destination}`);
    if (copies.length > 1) told.push(`"${what}" arrived ${copies.length} times at ${destination}`);
    const changed = copies.find((item) => item.what !== what);
    if (changed !== undefined) told.push(`"${what}" arrived at ${destination} as "${changed.what}"`);
  }
  const known = new Set(sent.map(({ id }) => id));
  for (const { id, what } of got)
    if (!known.has(id)) told.push(`"${what}" arrived at ${destination} though nobody sent it`);
  const arrived = new Set(got.map(({ id }) => id));
  const wanted = sent.filter(({ id }) => arrived.has(id)).map(({ id }) => id);
  const seen = [...new Set(got.map(({ id }) => id))].filter((id) => known.has(id));
  if (wanted.some((id, index) => id !== seen[index]))
    told.push(`messages arrived at ${destination} in another order than they were sent`);
  return told;
}

export interface Tally {
  readonly toEgain: number;
  readonly toCustomer: number;
  readonly problems: readonly string[];
}

/**
 * Holds the two far ends' own records against each other; the bridge is not asked. Typing may be left out, as it is
 * worth nothing a moment later, so it does not count.
 * @param said what the channel application sent, in order
 */
export function tally(
  simulator: Simulator,
  channel: SampleChannel,
  customer: string,
  said: readonly Item[],
): Tally {
  const messages = simulator.records().flatMap((record) => {
    if (record.kind !== 'message' || !record.contact.includes(customer)) return [];
    return isTyping(record.type) ? [] : [record];
  });
  const atEgain = messages.flatMap(({ direction, id, messageId = id, type, text = type }) =>
    direction === 'inbound' ? [{ id: messageId, what: text }] : [],
  );
  const fromEgain = messages.flatMap(({ direction, id, type, message }) =>
    direction === 'outbound' ? [{ id, what: message.content?.html ?? type }] : [],
  );
  const atCustomer = channel
    .received()
    .flatMap((message) =>
      message.customer.id === customer && !isTyping(message.type)
        ? [{ id: message.id, what: message.html ?? message.type }]
        : [],
    );
  const repeats = channel.requests().filter(({ outcome }) => outcome === 'repeat').length;
  return {
    toEgain: atEgain.length,
    toCustomer: atCustomer.length,
    problems: [
      ...compare(said, atEgain, 'eGain'),
      ...compare(fromEgain, atCustomer, 'the customer'),
      ...(repeats === 0 ? [] : [`${repeats} messages were sent to the customer more than once`]),
    ],
  };
}

function isTyping(type: string): boolean {
  return type.startsWith('typing.');
}
