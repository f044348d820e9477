import type { Parent } from './choices.js';
import type { InboundMessage } from '../src/messages/model.js';

/** eGain's id of a message that went before in this lane, where that is known and wanted. */
export type HubIdOf = (lane: string, messageId: string) => Promise<string | undefined>;

const aboutOwn: ReadonlySet<string> = new Set(['message.edit', 'message.delete', 'message.undo']);

/** Whose own message is changed: the channel knows it by its own id, eGain may by another. */
export async function withOwnParent<
  Meaning extends { readonly message: InboundMessage; readonly parent?: Parent },
>(meaning: Meaning, lane: string, hubIdOf: HubIdOf): Promise<Meaning> {
  const { type, replyTo } = meaning.message;
  if (meaning.parent !== undefined || replyTo === undefined || !aboutOwn.has(type)) return meaning;
  const id = await hubIdOf(lane, replyTo);
  return id === undefined ? meaning : { ...meaning, parent: { id } };
}
