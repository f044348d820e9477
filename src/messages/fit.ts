/** Fitting a message to what its channel takes and its customer reads: the manifest and the capabilities at work. */
import { distinctTokens } from './choices/token.js';
import { pageLength } from './choices/offer.js';
import { escapeHtml } from './html-escape.js';
import { cleanText } from './clean-text.js';
import { localAmount, localTime } from './localised.js';
import type { Loss, OutboundMessage, RichContent, RichOption } from './model.js';
import { refusedOutbound, takesRich, type OutboundRestrictions } from './outbound-policy.js';
import { lists, type RefusedFile } from './policy.js';
import { richToText, type RichTextOptions } from './rich-text.js';
import type { TextName } from './texts.js';
import { without } from './without.js';

/** What an adapter says it can do, as far as it matters here; its `Capabilities` fit. */
export interface FitCapabilities {
  readonly rich: Readonly<Record<string, 'native' | 'partial' | 'text'>>;
  readonly choices?: { readonly maxOptions: number; readonly multiple: boolean };
}

export interface FitContext {
  readonly restrictions: OutboundRestrictions;
  readonly capabilities: FitCapabilities;
  /** BCP 47. */
  readonly language: string;
  /** IANA. */
  readonly timeZone?: string | undefined;
  /** A text in the customer's language, its `{0}`, … filled. */
  readonly say: (name: TextName, parameters?: readonly string[]) => string;
  /** Hashed bytes for the token of an option: the same ones for the same message, whenever it is rendered. */
  readonly draw: (index: number, attempt: number) => Uint8Array;
}

export interface Fitted {
  readonly message: OutboundMessage;
  /** The offer that the message makes, shown natively or as text: its options carry their tokens. */
  readonly rich?: RichContent;
  readonly losses: readonly Loss[];
  readonly refusedFiles: readonly RefusedFile[];
}

/** Pure and total: whatever eGain sent, the customer gets what the channel can show of it, and a loss says what not. */
export function fit(original: OutboundMessage, context: FitContext): Fitted {
  const { restrictions } = context;
  const losses: Loss[] = [];
  let message = original;
  let rich: RichContent | undefined;
  if (message.rich !== undefined) {
    rich = prepared(message.rich, context);
    message = withRich(message, rich, context, losses);
  }
  if (message.type === 'page.push') message = pagePush(message, context, losses);
  const refusedFiles = refusedOutbound(message.attachments ?? [], restrictions);
  if (refusedFiles.length > 0) message = withoutFiles(message, refusedFiles, context, losses);
  if (message.html !== undefined && !lists(restrictions.features, 'richText')) {
    if (/[<&]/.test(message.html)) losses.push({ what: 'html', why: 'manifest', shown: 'text' });
    message = without(message, 'html');
  }
  return { message: clean(message), ...(rich && { rich }), losses, refusedFiles };
}

/** Tokens on every option, times and amounts as the customer reads them. */
function prepared(rich: RichContent, { language, timeZone, draw }: FitContext): RichContent {
  const tokens = distinctTokens(rich.options.length, draw);
  const options = rich.options.map((option, index): RichOption => {
    const { start, title, subtitle } = option;
    const token = tokens[index] ?? '';
    if (start === undefined) return { ...option, token };
    const named = title === start ? subtitle : [title, subtitle].filter(Boolean).join(', ');
    return {
      ...option,
      token,
      title: localTime(start, language, timeZone),
      ...(named === undefined ? {} : { subtitle: named }),
    };
  });
  return { ...rich, options };
}

function withRich(
  message: OutboundMessage,
  rich: RichContent,
  context: FitContext,
  losses: Loss[],
): OutboundMessage {
  const why = notNative(rich, context);
  if (rich.leftOut !== undefined) losses.push({ what: 'options', why: 'too-many', shown: 'none' });
  if (why !== undefined) losses.push({ what: nameOf(rich.kind), why, shown: 'text' });
  const text = richToText(rich, richTextOptions(rich, context));
  const bare = text === '' && (message.attachments ?? []).length === 0;
  // A native channel may know what to do with content that nobody here can read.
  if (bare && why !== undefined) losses.push({ what: 'content', why: 'unreadable', shown: 'none' });
  const said = bare && why !== undefined ? context.say('msg_hub_invalid_content_type_to_customer') : text;
  const worded = said === '' ? without(message, 'text') : { ...message, text: said };
  return why === undefined
    ? { ...worded, rich }
    : { ...without(worded, 'rich', 'html'), type: message.type === 'rich' ? 'text' : message.type };
}

/** Why this content cannot go as what it is; nothing when it can. */
function notNative(rich: RichContent, { restrictions, capabilities }: FitContext): string | undefined {
  if (!takesRich(rich.kind, restrictions)) return 'manifest';
  const support = supportOf(rich.kind, capabilities);
  if (support === 'text') return 'channel';
  const { maxOptions, multiple } = capabilities.choices ?? { maxOptions: Infinity, multiple: true };
  if (rich.options.length > maxOptions) return 'too-many-options';
  return rich.multiple === true && !multiple ? 'several-choices' : undefined;
}

const knownKinds = new Set([
  ...['listpicker', 'quickreply', 'template', 'timepicker', 'richlink', 'form', 'payment', 'app'],
  'authentication',
]);

/** Losses are counted, so that only known words may name them. */
const nameOf = (kind: string): string => (knownKinds.has(kind) ? kind : 'rich');

/** A kind is eGain's word, whatever that is: only what the adapter really names counts. */
function supportOf(kind: string, { rich }: FitCapabilities): string {
  return Object.hasOwn(rich, kind) ? (rich[kind] ?? 'text') : 'text';
}

/** How the customer is told about `rich` in words, on the first page or any further one. */
export function richTextOptions(
  rich: RichContent,
  { say, language }: Pick<FitContext, 'say' | 'language'>,
  from = 0,
): RichTextOptions {
  const total = rich.options.length;
  const shown = from + pageLength(total, from);
  return {
    language,
    words: {
      chooseOne: say('bridge_choose_one'),
      chooseSeveral: say('bridge_choose_several'),
      more: say('bridge_choose_more', [say('bridge_choose_more_word'), String(shown), String(total)]),
      form: say('bridge_form_reply'),
    },
    ...(rich.amount === undefined ? {} : { amount: localAmount(rich.amount, language) }),
  };
}

function pagePush(
  message: OutboundMessage,
  { capabilities, say }: FitContext,
  losses: Loss[],
): OutboundMessage {
  if (supportOf('pagePush', capabilities) !== 'text' || message.text === undefined) return message;
  losses.push({ what: 'pagePush', why: 'channel', shown: 'text' });
  const address = /^\S+$/.test(message.text.trim()) ? message.text.trim() : undefined;
  const text = address === undefined ? message.text : say('bridge_open_page', [address]);
  return { ...without(message, 'raw', 'html'), type: 'text', text };
}

/** The rest goes; the customer reads in the same place that there was a file. */
function withoutFiles(
  message: OutboundMessage,
  refused: readonly RefusedFile[],
  { say }: FitContext,
  losses: Loss[],
): OutboundMessage {
  const indexes = new Set(refused.map(({ index }) => index));
  const files = message.attachments ?? [];
  const attachments = files.filter((_, index) => !indexes.has(index));
  for (const { reason } of refused) losses.push({ what: 'attachment', why: reason, shown: 'text' });
  const lines = files.flatMap(({ name }, index) =>
    indexes.has(index) ? [say('bridge_file_unavailable', [name])] : [],
  );
  const { html } = message;
  const rest = attachments.length === 0 ? without(message, 'attachments') : { ...message, attachments };
  return {
    ...rest,
    text: [...(message.text === undefined ? [] : [message.text]), ...lines].join('\n'),
    ...(html === undefined
      ? {}
      : { html: [html, ...lines.map((line) => `<p>${escapeHtml(line)}</p>`)].join('') }),
  };
}

/** Peers refuse halves of characters and NUL; a reader would not see them anyway. */
function clean(message: OutboundMessage): OutboundMessage {
  return {
    ...message,
    ...(message.text === undefined ? {} : { text: cleanText(message.text) }),
    ...(message.html === undefined ? {} : { html: cleanText(message.html) }),
  };
}
