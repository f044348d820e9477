import type { RedisClient } from '../lanes/connection.js';
import type { Conversations } from '../lanes/conversations.js';
import type { Keyspace } from '../lanes/keyspace.js';
import type { JobOrder, Lanes } from '../lanes/lanes.js';

/** What an operator's look and an operator's act need, whoever asks: a command, the API or the page. */
export interface OperatorAccess {
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  readonly lanes: Pick<Lanes, 'bury' | 'revive'>;
  readonly conversations: Pick<Conversations, 'open' | 'customerOf'>;
  /** Gives lanes their jobs. Never throws: what cannot be added is repaired later. */
  readonly queues: { add(orders: readonly JobOrder[]): Promise<void> };
}
