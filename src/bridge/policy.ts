import type { ChannelEntry, PolicyVerdict } from '../../webhooks/channel-webhook.js';
import { writeEnvelope } from '../lanes/envelope.js';
import { journeyHead } from '../lanes/journeys.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { checkInbound } from '../messages/policy.js';
import type { ConfiguredChannel } from './channels.js';

/**
 * What a channel's manifest says to an inbound message. A refused file does not stop the message it came with: the
 * customer is told about it through the lanes (I6).
 */
export function inboundPolicy(channel: ConfiguredChannel, keys: Keyspace, enforceLimit: boolean): ChannelEntry['policy'] {
  const restrictions = channel.config.manifest.restrictions?.inbound;
  if (restrictions === undefined) return () => ({ kind: 'pass' });
  return (message): PolicyVerdict => {
    const verdict = checkInbound(message, enforceLimit ? restrictions : { ...restrictions, maxTextLength: undefined });
    if (verdict.kind !== 'strip') return verdict;
    const { id: customerId, language } = message.customer;
    const customer = language === undefined ? { id: customerId } : { id: customerId, language };
    const notices = verdict.notices.map((notice, index) => {
      const id = `notice:${message.id}:${index}`;
      return {
        lane: keys.noticeLane(channel.name, customerId),
        target: `out:${channel.name}`,
        mark: keys.messageMark(`${message.id}:${index}`),
        journey: { id, head: journeyHead('out', channel.name) },
        payload: writeEnvelope({ kind: 'notice', channel: channel.name, customer, notice: { ...notice, id, count: 1 } }),
      };
    });
    return { kind: 'strip', message: verdict.message, notices };
  };
}
