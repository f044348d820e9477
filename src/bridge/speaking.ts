import type { ChoiceSpeaker } from '../../workers/choices.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { fit, richTextOptions, type Fitted } from '../messages/fit.js';
import type { OutboundMessage } from '../messages/model.js';
import { optionsPage } from '../messages/rich-text.js';
import { builtInTexts, customerText, type TextName } from '../messages/texts.js';
import type { ConfiguredChannel } from './channels.js';
import { outboundRestrictions } from './manifest.js';

/** The manifest's texts, in the reader's language. */
export function speakerOf(
  { config }: ConfiguredChannel,
  language: string | undefined,
): (name: TextName, parameters?: readonly string[]) => string {
  const { l10nProperties = [] } = config.manifest;
  const { defaultLanguage } = config.account;
  return (name, parameters) => customerText(name, language, l10nProperties, defaultLanguage, parameters);
}

/** Which text tells an agent what; eGain's names, meant for this by their names [assumed]. */
const agentTexts: ReadonlyMap<string, TextName> = new Map([
  ['file-extension', 'msg_hub_blocked_file_extension'],
  ['file-too-large', 'msg_hub_attachment_size_exceeds_limit'],
  ['files-not-allowed', 'msg_hub_invalid_content_type_to_agent'],
  ['unreadable', 'msg_hub_invalid_content_type_to_agent'],
]);

/** Why the customer does not get something, in the language of the account: agents' own languages are not known. */
export function textForAgent(
  channel: ConfiguredChannel,
  { reason, parameters }: { readonly reason: string; readonly parameters?: readonly string[] },
): string {
  return speakerOf(channel, undefined)(agentTexts.get(reason) ?? 'msg_hub_channel_msg_failed', parameters);
}

/** Manifest, capabilities and texts of one channel, ready to fit messages to it. */
export function fitting(channel: ConfiguredChannel, keys: Keyspace): (message: OutboundMessage) => Fitted {
  const { capabilities, config } = channel;
  const restrictions = outboundRestrictions(channel);
  return (message) => {
    const { language, timeZone } = message.customer;
    return fit(message, {
      restrictions,
      capabilities,
      language: language ?? config.account.defaultLanguage,
      timeZone,
      say: speakerOf(channel, language),
      draw: (index, attempt) => keys.choiceBytes(message.conversationId, message.id, index, attempt),
    });
  };
}

export function choiceSpeaker(channel: ConfiguredChannel): ChoiceSpeaker {
  return {
    moreWords: (language) => [
      speakerOf(channel, language)('bridge_choose_more_word'),
      builtInTexts.bridge_choose_more_word,
    ],
    page: (offer, from, language) => {
      const { options, multiple } = offer;
      const rich = { kind: '', options, multiple, raw: undefined };
      const reader = language ?? channel.config.account.defaultLanguage;
      return optionsPage(
        rich,
        from,
        richTextOptions(rich, { say: speakerOf(channel, language), language: reader }, from),
      );
    },
  };
}
