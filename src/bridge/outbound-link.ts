import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { BridgeConfig } from '../../config/schema.js';
import type { OutboundChannel, OutboundParts, OutboundTranslator } from '../../workers/outbound.js';
import type { OutboundSwitches } from '../egain/switches.js';
import type { HubMessage } from '../egain/types.js';
import { translateOutbound } from '../egain/translate-outbound.js';
import type { Notice } from '../lanes/envelope.js';
import { presentEvent } from '../messages/events.js';
import { htmlToText } from '../messages/html.js';
import { builtInTexts, customerText, type TextName } from '../messages/texts.js';
import type { ConfiguredChannel } from './channels.js';

export function outboundChannel(
  channel: ConfiguredChannel,
  dispatcher: Dispatcher,
  config: BridgeConfig,
): OutboundChannel {
  const { name, adapter, config: own, idleMs } = channel;
  const maxTextLength = own.manifest.restrictions?.outbound?.maxTextLength;
  const split = config.egain.switches.split_outbound && maxTextLength !== undefined;
  return {
    name,
    adapter,
    settings: own.settings,
    limits: split ? { maxTextLength } : {},
    dispatcher,
    timeoutMs: config.delivery.attemptTimeoutMs,
    idleMs,
    noticeText: (notice, language) => noticeText(notice, language, own),
    present: presenter(own),
  };
}

function presenter(own: BridgeConfig['channels'][string]): OutboundChannel['present'] {
  const { restrictions, l10nProperties = [] } = own.manifest;
  const { features = [], systemMessages = true } = restrictions?.outbound ?? {};
  const typing = features.length === 0 || features.includes('typing_events');
  const { defaultLanguage, onAgentUnavailability = 'off_hours' } = own.account;
  return (message, language) => {
    if (!typing && message.type.startsWith('typing.'))
      return { kind: 'ignored', reason: 'typing-not-allowed' };
    return presentEvent(message, {
      systemMessages,
      lines: own.eventLines,
      onAgentUnavailability,
      say: (name, parameters) => customerText(name, language, l10nProperties, defaultLanguage, parameters),
    });
  };
}

function noticeText(
  notice: Notice,
  language: string | undefined,
  channel: BridgeConfig['channels'][string],
): string {
  const { l10nProperties = [] } = channel.manifest;
  const say = (name: TextName): string =>
    customerText(name, language, l10nProperties, channel.account.defaultLanguage, notice.parameters);
  if (notice.name === 'bridge_undelivered' && notice.count > 1) return say('bridge_undelivered_several');
  return say(isTextName(notice.name) ? notice.name : 'bridge_undelivered');
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
  return ({ id, conversationId, message }) =>
    translateOutbound(message as HubMessage, { id, conversationId, htmlToText }, own);
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
