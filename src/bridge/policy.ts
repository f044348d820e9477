import type { ChannelEntry, PolicyVerdict } from '../../webhooks/channel-webhook.js';
import { writeEnvelope } from '../lanes/envelope.js';
import { journeyHead } from '../lanes/journeys.js';
import type { Keyspace } from '../lanes/keyspace.js';
import type { NewMessage } from '../lanes/lanes.js';
import type { InboundMessage } from '../messages/model.js';
import { checkInbound, textOfRefusal, type RefusalReason, type RefusedFile } from '../messages/policy.js';
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

/**
 * What a channel's manifest says to an inbound message. A refused file does not stop the message it came with: the
 * customer is told about it through the lanes (I6).
 */
export function inboundPolicy(
  channel: ConfiguredChannel,
  keys: Keyspace,
  settings: { readonly enforceLimit: boolean; readonly tellAgent: boolean; readonly windowMs: number },
): ChannelEntry['policy'] {
  const restrictions = inboundRestrictions(channel.config.manifest, settings.enforceLimit);
  if (restrictions === undefined) return () => ({ kind: 'pass' });
  return (message): PolicyVerdict => {
    const verdict = checkInbound(message, restrictions);
    if (verdict.kind === 'ok') return { kind: 'pass' };
    if (verdict.kind === 'refused') {
      const [field, expected] = expectations[verdict.refusal.reason];
      const [limit] = verdict.refusal.params;
      const { reason } = verdict.refusal;
      const told = settings.tellAgent && reason !== 'typing-not-allowed';
      return {
        kind: 'refuse',
        field,
        expected: limit === undefined ? expected : `${expected} (${limit})`,
        notices: told ? [refusalForAgent(channel.name, keys, message, reason, settings.windowMs)] : [],
      };
    }
    const dropped = new Set(verdict.dropFiles.map(({ index }) => index));
    const attachments = (message.attachments ?? []).filter((_, index) => !dropped.has(index));
    return {
      kind: 'strip',
      message: { ...message, attachments },
      notices: verdict.dropFiles.flatMap((file) => fileNotice(channel.name, keys, message, file)),
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

function fileNotice(
  channel: string,
  keys: Keyspace,
  message: InboundMessage,
  file: RefusedFile,
): NewMessage[] {
  const name = textOfRefusal[file.reason];
  if (name === undefined) return [];
  const { id: customerId, language } = message.customer;
  const id = `notice:${message.id}:${file.index}`;
  return [
    {
      lane: keys.noticeLane(channel, customerId),
      target: `out:${channel}`,
      mark: keys.messageMark(`${message.id}:${file.index}`),
      journey: { id, head: journeyHead('out', channel) },
      payload: writeEnvelope({
        kind: 'notice',
        channel,
        customer: language === undefined ? { id: customerId } : { id: customerId, language },
        notice: { id, name, parameters: file.params, count: 1 },
      }),
    },
  ];
}
