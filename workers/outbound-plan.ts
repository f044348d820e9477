import type { Operation, RenderPlan } from '../src/channels/adapter.js';
import type { ConversationCustomer } from '../src/lanes/conversations.js';
import type { Loss, OutboundMessage } from '../src/messages/model.js';
import { without } from '../src/messages/without.js';
import type { Delivery, Outcome } from './delivery.js';
import type { OutboundChannel } from './outbound.js';
import type { OutboundFiles } from './outbound-files.js';

/** A message's operations and how many of them are out: what is stored while a message goes out in parts (I5). */
export interface Plan {
  readonly operations: readonly Operation[];
  readonly done: number;
  readonly farId?: string | undefined;
  /** What the channel cannot show as it was meant. */
  readonly losses?: readonly Loss[];
  /** Files that could not be had, by position: once all operations are out, a dead letter remains of them. */
  readonly failed?: readonly number[];
  readonly detail?: string;
  /** A dead letter that is tried again: only these files are left, for the so-manieth time. */
  readonly only?: readonly number[];
  readonly round?: number;
}

/** The plan as it was begun; else one made now, with the message's files offered by links of ours. */
export async function startPlan(
  files: Pick<OutboundFiles, 'offer'>,
  delivery: Delivery,
  channel: OutboundChannel,
  message: OutboundMessage,
  whose: ConversationCustomer | undefined,
): Promise<Plan | Outcome> {
  const { adapter, settings, limits } = channel;
  const kept = delivery.plan === '' ? undefined : (JSON.parse(delivery.plan) as Plan);
  if (kept !== undefined && kept.only === undefined) return kept;
  if (whose === undefined || (message.attachments ?? []).length === 0)
    return fresh(adapter.render(message, settings, limits));
  const offered = await files.offer(delivery, whose, message, kept?.only);
  if (offered.kind === 'again') return offered;
  const { failed, detail, empty } = offered;
  if (empty && failed.length === 0) return { kind: 'dead', reason: 'file-refused', detail };
  const shown = kept === undefined ? offered.message : filesAlone(offered.message, kept.round);
  const nothing = empty || (kept !== undefined && (shown.attachments ?? []).length === 0);
  const plan = fresh(nothing ? { operations: [], losses: [] } : adapter.render(shown, settings, limits));
  const round = kept?.round === undefined ? {} : { round: kept.round };
  return { ...plan, ...(failed.length === 0 ? {} : { failed, detail }), ...round };
}

function fresh({ operations, losses }: RenderPlan): Plan {
  return { operations, done: 0, ...(losses.length > 0 && { losses }) };
}

/** The files of a message whose words went before, as a message of their own. */
function filesAlone(message: OutboundMessage, round = 1): OutboundMessage {
  return { ...without(message, 'text', 'html', 'rich'), id: `${message.id}.late${round}` };
}
