import type { ChannelEntry, PolicyVerdict } from '../../webhooks/channel-webhook.js';
import { writeEnvelope } from '../lanes/envelope.js';
import { journeyHead } from '../lanes/journeys.js';
import type { Keyspace } from '../lanes/keyspace.js';
import type { NewMessage } from '../lanes/lanes.js';
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
  /** At most one notice per customer and reason in this time, milliseconds. */
  readonly windowMs: number;
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
  const tell = (message: InboundMessage, refusals: readonly Refusal[]): NewMessage[] =>
    settings.tellCustomer
      ? refusals.flatMap((refusal) => noticeOf(channel.name, keys, message, refusal, settings.windowMs))
      : [];
  const tellAgent = (message: InboundMessage, refusals: readonly Refusal[]): NewMessage[] =>
    settings.tellAgent
      ? [...new Set(refusals.map(({ reason }) => reason))]
          .filter((reason) => reason !== 'typing-not-allowed')
          .map((reason) => refusalForAgent(channel.name, keys, message, reason, settings.windowMs))
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
  windowMs: number,
): NewMessage {
  const { id: customerId } = message.customer;
  return {
    lane: keys.inboundLane(channel, customerId),
    target: `in:${channel}`,
    mark: keys.messageMark(`notice\0${channel}\0${customerId}\0refused:${reason}`),
    markLifeMs: windowMs,
    journey: { id: `error:${message.id}`, head: journeyHead('in', channel) },
    payload: writeEnvelope({
      kind: 'agent-notice',
      channel,
      customer: { id: customerId },
      messageId: message.id,
      conversationId: '',
      reason,
    }),
  };
}

/** Its mark makes it one per customer and reason, however many messages and files are refused meanwhile. */
function noticeOf(
  channel: string,
  keys: Keyspace,
  message: InboundMessage,
  { reason, params }: Refusal,
  windowMs: number,
): NewMessage[] {
  const name = textOfRefusal[reason];
  if (name === undefined) return [];
  const { id: customerId, language } = message.customer;
  const id = `notice:${message.id}:${reason}`;
  return [
    {
      lane: keys.noticeLane(channel, customerId),
      target: `out:${channel}`,
      mark: keys.messageMark(`refused:${reason}`),
      markLifeMs: windowMs,
      journey: { id, head: journeyHead('out', channel) },
      payload: writeEnvelope({
        kind: 'notice',
        channel,
        customer: language === undefined ? { id: customerId } : { id: customerId, language },
        notice: { id, name, parameters: params, count: 1 },
      }),
    },
  ];
}
