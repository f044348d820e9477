import type { ChannelEntry, PolicyVerdict } from '../../webhooks/channel-webhook.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { noticeToAgent, noticeToCustomer, type NoticeDraft } from '../lanes/notice-window.js';
import type { InboundMessage } from '../messages/model.js';
import { checkInbound, textOfRefusal, type Refusal, type RefusalReason } from '../messages/policy.js';
import type { ConfiguredChannel } from './channels.js';
import { inboundRestrictions } from './manifest.js';

/** Which field a refusal is about, and what the manifest expects of it. */
const expectations: Readonly<Record<RefusalReason, readonly [field: string, expected: string]>> = {
  'text-too-long': ['text', 'no more characters than the channel allows'],
  'typing-not-allowed': ['type', 'no typing: the channel does not allow it'],
  'files-not-allowed': ['attachments', 'no files: the channel does not allow them'],
  'file-extension': ['attachments', 'files of a type the channel allows'],
  'file-too-large': ['attachments', 'files no larger than the channel allows'],
};

export interface RefusalSettings {
  readonly enforceLimit: boolean;
  readonly tellCustomer: boolean;
  readonly tellAgent: boolean;
}

/**
 * What a channel's manifest says to an inbound message. A refused file does not stop the message it came with. The channel
 * hears of a refusal in its answer, the customer through the lanes, in their language (I6).
 */
export function inboundPolicy(
  channel: ConfiguredChannel,
  keys: Keyspace,
  settings: RefusalSettings,
): ChannelEntry['policy'] {
  const restrictions = inboundRestrictions(channel, settings.enforceLimit);
  if (restrictions === undefined) return () => ({ kind: 'pass' });
  const tell = (message: InboundMessage, refusals: readonly Refusal[]): NoticeDraft[] => {
    if (!settings.tellCustomer) return [];
    const reasons = [...new Set(refusals.map(({ reason }) => reason))];
    return reasons.flatMap((reason) =>
      noticeOf(
        channel.name,
        keys,
        message,
        refusals.filter((refusal) => refusal.reason === reason),
      ),
    );
  };
  const tellAgent = (message: InboundMessage, refusals: readonly Refusal[]): NoticeDraft[] =>
    settings.tellAgent
      ? [...new Set(refusals.map(({ reason }) => reason))]
          .filter((reason) => reason !== 'typing-not-allowed')
          .map((reason) => refusalForAgent(channel.name, keys, message, reason))
      : [];
  return (message): PolicyVerdict => {
    const verdict = checkInbound(message, restrictions);
    if (verdict.kind === 'ok') return { kind: 'pass' };
    if (verdict.kind === 'refused') {
      const { refusal, files } = verdict;
      const [field, expected] = expectations[refusal.reason];
      const [limit] = refusal.params;
      return {
        kind: 'refuse',
        field,
        expected: limit === undefined ? expected : `${expected} (${limit})`,
        notices: [...tell(message, files.length > 0 ? files : [refusal]), ...tellAgent(message, [refusal])],
      };
    }
    const dropped = new Set(verdict.dropFiles.map(({ index }) => index));
    const attachments = (message.attachments ?? []).filter((_, index) => !dropped.has(index));
    return {
      kind: 'strip',
      message: { ...message, attachments },
      notices: [...tell(message, verdict.dropFiles), ...tellAgent(message, verdict.dropFiles)],
    };
  };
}

/** The agent hears of it in the conversation that is open, if one is (I6). */
function refusalForAgent(
  channel: string,
  keys: Keyspace,
  message: InboundMessage,
  reason: RefusalReason,
): NoticeDraft {
  return noticeToAgent(keys, message.customer.id, `refused:${reason}`, {
    channel,
    messageId: message.id,
    conversationId: '',
    reason,
  });
}

/** One per customer and reason, however many messages and files are refused meanwhile. */
function noticeOf(
  channel: string,
  keys: Keyspace,
  message: InboundMessage,
  refusals: readonly (Refusal & { readonly index?: number })[],
): NoticeDraft[] {
  const [first, ...others] = refusals;
  const name = first === undefined ? undefined : textOfRefusal[first.reason];
  if (first === undefined || name === undefined) return [];
  // A file is named as the workers name it when they refuse it after a look into it.
  const causeOf = ({ index }: { readonly index?: number }): string => {
    const file = index === undefined ? undefined : message.attachments?.[index];
    return file === undefined ? message.id : `${message.id}:${file.name}`;
  };
  return [
    noticeToCustomer(keys, {
      channel,
      customer: message.customer,
      name,
      parameters: () => first.params,
      causes: [causeOf(first), ...others.map(causeOf)],
    }),
  ];
}
