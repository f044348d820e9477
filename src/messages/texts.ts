/** What customers and agents are told, in their language (I6). */

/** The manifest's `l10nProperties` as eGain has them [seed]. */
export type L10nProperties = readonly {
  readonly language: string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}[];

/** Said when the manifest has no text of that name; a manifest may set any of them, the bridge's own ones too. */
export const builtInTexts = {
  msg_hub_off_hours: 'Nobody is available at the moment. Please write to us again during our service hours.',
  msg_hub_retain_and_retry: 'Thank you for your message. Someone will answer as soon as possible.',
  msg_hub_invalid_content_type_to_customer: 'This kind of content cannot be sent here.',
  msg_hub_invalid_content_type_to_agent: 'The channel cannot show this kind of content.',
  msg_hub_channel_msg_failed: 'The message could not be delivered to the channel.',
  msg_hub_blocked_file_extension: 'Files of type "{0}" cannot be sent here.',
  msg_hub_attachment_size_exceeds_limit: 'The file was not sent because it is larger than {0}.',
  bridge_text_too_long: 'Your message was not sent because it is longer than {0} characters.',
  bridge_undelivered: 'Your message could not be delivered. Please send it again later.',
  bridge_undelivered_several: '{0} of your messages could not be delivered. Please send them again later.',
  /** After a text that stands for several. */
  bridge_notice_count: 'This happened {0} times.',
  bridge_file_undelivered: 'The file "{0}" could not be delivered. Please send it again later.',
  bridge_file_empty: 'The file "{0}" was not sent because it is empty.',
  bridge_file_unavailable: 'A file meant for you, "{0}", could not be delivered.',
  bridge_agent_joined: '{0} has joined the conversation.',
  bridge_somebody_joined: 'An agent has joined the conversation.',
  bridge_agent_available: 'An agent is available now.',
  bridge_transfer_to: 'You are being transferred to {0}.',
  bridge_transfer: 'You are being transferred to another agent.',
  bridge_escalated: 'You are being connected to an agent.',
  bridge_conversation_ended: 'The conversation has ended.',
  bridge_not_taken: 'One of your messages could not be processed.',
  bridge_customer_message_refused: 'A message of the customer was refused by the channel’s rules.',
  bridge_choose_one: 'Reply with a number.',
  bridge_choose_several: 'Reply with one or more numbers, such as 1, 3.',
  /** {0} = the word to reply, {1} and {2} = how many of how many are shown. */
  bridge_choose_more: 'Reply "{0}" to see more ({1} of {2}).',
  bridge_choose_more_word: 'more',
  bridge_options_page: '{0}',
  bridge_form_reply: 'Please reply with these details.',
  bridge_open_page: 'Please open: {0}',
} as const;

export type TextName = keyof typeof builtInTexts;

const canonical = (language: string): string => language.trim().replaceAll('_', '-').toLowerCase();

/** `pt-br` → `pt-br`, `pt`. */
function widening(language: string): string[] {
  const subtags = canonical(language).split('-');
  return subtags.map((_, dropped) => subtags.slice(0, subtags.length - dropped).join('-'));
}

function declaredText(name: string, language: string, l10nProperties: L10nProperties): string | undefined {
  const valueIn = (matches: (declared: string) => boolean): string | undefined =>
    l10nProperties
      .filter((entry) => matches(canonical(entry.language)))
      .flatMap((entry) => entry.properties)
      .find((property) => property.name === name && property.value.trim() !== '')?.value;
  const wider = widening(language);
  for (const wanted of wider) {
    const value = valueIn((declared) => declared === wanted);
    if (value !== undefined) return value;
  }
  // Better another country's form of the language than another language.
  const base = wider.at(-1) ?? '';
  return base === '' ? undefined : valueIn((declared) => declared.startsWith(`${base}-`));
}

/**
 * The text `name` for a reader of `language`: the manifest's in that language, its wider form (`pt` for `pt-BR`), any form
 * of the same language, the same for `defaultLanguage`, else the built-in English one. `{0}`, `{1}`, … are filled from
 * `params`; one without a parameter becomes empty. Languages are compared without regard to case or `_`.
 */
export function customerText(
  name: TextName,
  language: string | undefined,
  l10nProperties: L10nProperties,
  defaultLanguage: string,
  params: readonly string[] = [],
): string {
  const text =
    (language === undefined ? undefined : declaredText(name, language, l10nProperties)) ??
    declaredText(name, defaultLanguage, l10nProperties) ??
    builtInTexts[name];
  return text.replace(/\{(\d{1,2})\}/g, (_, index: string) => params[Number(index)] ?? '');
}
