import type { HttpReply, InboundEvent } from '../adapter.js';

/** 202 with the message's id and whether it was new; an event of an unknown type is taken and `ignored`. */
export function reply(
  events: readonly InboundEvent[],
  statuses: readonly ('accepted' | 'duplicate')[],
): HttpReply {
  const message = events.find((event) => event.kind === 'message')?.message;
  const body =
    message === undefined ? { status: 'ignored' } : { id: message.id, status: statuses[0] ?? 'accepted' };
  return { status: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
