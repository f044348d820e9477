import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { BridgeConfig } from '../../config/schema.js';
import type { OutboundChannel, OutboundParts, OutboundTranslator } from '../../workers/outbound.js';
import type { OutboundSwitches } from '../egain/switches.js';
import type { HubMessage } from '../egain/types.js';
import { translateOutbound } from '../egain/translate-outbound.js';
import type { Notice } from '../lanes/envelope.js';
import type { Keyspace } from '../lanes/keyspace.js';
import type { Outbox } from '../lanes/outbox.js';
import { presentEvent } from '../messages/events.js';
import { htmlToText } from '../messages/html.js';
import { builtInTexts, type TextName } from '../messages/texts.js';
import type { ConfiguredChannel } from './channels.js';
import { fitting, speakerOf } from './speaking.js';

export function outboundChannel(
  channel: ConfiguredChannel,
  dispatcher: Dispatcher,
  outbox: Outbox,
  config: BridgeConfig,
  keys: Keyspace,
): OutboundChannel {
  const { name, adapter, config: own, idleMs } = channel;
  const maxTextLength = own.manifest.restrictions?.outbound?.maxTextLength;
  const split = config.egain.switches.split_outbound && maxTextLength !== undefined;
  return {
    name,
    adapter,
    get settings() {
      return channel.settings();
    },
    limits: split ? { maxTextLength } : {},
    fit: fitting(channel, keys),
    dispatcher,
    outbox: { append: (customerId, entry) => outbox.append(name, customerId, entry) },
    timeoutMs: config.delivery.attemptTimeoutMs,
    idleMs,
    noticeText: (notice, language) => noticeText(notice, language, channel),
    present: presenter(channel),
  };
}

function presenter(channel: ConfiguredChannel): OutboundChannel['present'] {
  const own = channel.config;
  const { typing, systemMessages } = channel.capabilities;
  const reason = channel.adapter.capabilities(channel.settings()).typing.outbound
    ? 'typing-not-allowed'
    : 'no-typing-on-channel';
  const { onAgentUnavailability = 'off_hours' } = own.account;
  return (message, language) => {
    if (!typing.outbound && message.type.startsWith('typing.')) return { kind: 'ignored', reason };
    return presentEvent(message, {
      systemMessages,
      lines: own.eventLines,
      onAgentUnavailability,
      say: speakerOf(channel, language),
    });
  };
}

function noticeText(notice: Notice, language: string | undefined, channel: ConfiguredChannel): string {
  const say = speakerOf(channel, language);
  if (notice.name === 'bridge_undelivered' && notice.count > 1)
    return say('bridge_undelivered_several', notice.parameters);
  const text = say(isTextName(notice.name) ? notice.name : 'bridge_undelivered', notice.parameters);
  // Texts about one file or message fit only the first of several.
  return notice.count > 1 ? `${text} ${say('bridge_notice_count', [String(notice.count)])}` : text;
}

function isTextName(name: string): name is TextName {
  return Object.hasOwn(builtInTexts, name);
}

/** eGain's wire format → the model, by the switches. */
export function translator(config: BridgeConfig): OutboundTranslator {
  const { switches } = config.egain;
  const own: OutboundSwitches = {
    textPreference: switches.content_preference,
    treatLiteralEnd: switches.treat_literal_end,
    dropEchoes: switches.drop_own_echo,
    forwardSystemMessages: switches.forward_system_messages,
  };
  // What lies in a lane was read by `parseCallback` when it was accepted.
  return ({ id, conversationId, message }) => {
    const hub = message as HubMessage;
    const translated = translateOutbound(hub, { id, conversationId, htmlToText }, own);
    if (translated.kind === 'ignored') return translated;
    const ids = {
      ...(hub.id === undefined ? {} : { id: hub.id }),
      ...(hub.messageId === undefined ? {} : { messageId: hub.messageId }),
    };
    return { ...translated, ids };
  };
}

/** The contact addresses that a callback repeats of its customer [assumed]; none unless the switch trusts them. */
export function contactReader(config: BridgeConfig): OutboundParts['contactsOf'] {
  if (!config.egain.switches.trust_callback_customer) return () => [];
  return ({ message }) => {
    const read = withContacts.safeParse(message);
    return read.success ? read.data.conversation.customer.contacts.contact.map(({ address }) => address) : [];
  };
}

const withContacts = z.object({
  conversation: z.object({
    customer: z.object({ contacts: z.object({ contact: z.array(z.object({ address: z.string() })) }) }),
  }),
});
