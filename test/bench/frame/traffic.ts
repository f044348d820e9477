import { callbackBody, callbackHeaders, channelRequest, conversation, customer } from './bodies.js';
import { channelWebhookPath } from './bridge.js';
import type { Target } from './closed-loop.js';

export type Direction = 'inbound' | 'outbound';

/** Messages of 1 KB, one lane after the other: customers' for inbound, their conversations' for outbound. */
export function traffic(direction: Direction, port: number, lanes: number): Target {
  let turn = -1;
  const lane = (): number => (turn = (turn + 1) % lanes);
  return direction === 'inbound'
    ? {
        port,
        path: channelWebhookPath,
        headers: { 'content-type': 'application/json' },
        next: () => channelRequest(customer(lane())),
      }
    : {
        port,
        path: '/egain/callback',
        headers: callbackHeaders,
        next: () => ({ body: callbackBody(conversation(lane())) }),
      };
}
