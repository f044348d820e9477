/** The table of operations: one row per operation of the API. */
import { sendMessageOperation } from './conversations/send.js';
import type { Operation } from './http/answer.js';
import type { World } from './world.js';

export function operationsOf(world: World): readonly Operation[] {
  return [sendMessageOperation(world)];
}
