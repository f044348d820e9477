import { createHash } from 'node:crypto';
import type { OutboundMessage } from '../../messages/model.js';
import { richToText } from '../../messages/rich-text.js';
import { splitText } from '../../messages/split.js';
import type { Loss, Operation, RenderLimits, RenderPlan } from '../adapter.js';
import { webchatCapabilities } from './capabilities.js';
import type { WebchatConfig } from './config.js';
import { contentTree } from './content-tree.js';
import type { ChatEvent, ChatFile, ChatOffer } from './events.js';

/** What an operation holds: for whom, and what their browser is told. */
export interface ChatOperation {
  readonly to: string;
  readonly event: ChatEvent;
}

/** Types that mean something to the page without a word in them. */
const wordless: ReadonlySet<string> = new Set(['agent.join', 'agent.unavailable', 'conversation.end']);

/** Names an event for good, without telling the browser about conversations. */
function keyOf({ id, conversationId }: OutboundMessage, index: number): string {
  const whole = createHash('sha256')
    .update(JSON.stringify([conversationId, id]))
    .digest('base64url');
  return `${whole.slice(0, 22)}:${index}`;
}

/**
 * One event per part; files and choices go with the last one. HTML becomes a tree of a few kinds of node and goes only
 * with a text that is whole. Rich content without a native form is shown as text.
 */
export function render(message: OutboundMessage, _config: WebchatConfig, limits: RenderLimits): RenderPlan {
  const { type, customer, sender, html, rich } = message;
  const base = { id: message.id, type, sender };
  if (type === 'typing.start' || type === 'typing.end') {
    return plan([operation({ ...base, key: keyOf(message, 1) }, 'typing', customer.id)]);
  }
  const losses: Loss[] = [];
  const offer = rich === undefined ? undefined : offerOf(rich);
  const said = message.text ?? '';
  const text = said === '' && rich !== undefined ? richToText(rich) : said;
  const attachments = filesOf(message, losses);
  if (text === '' && offer === undefined && attachments.length === 0 && !wordless.has(type)) {
    losses.push({ what: type, why: 'there is nothing in it that a chat could show', shown: 'none' });
    return plan([], losses);
  }
  const { max, unit } = webchatCapabilities.text;
  const parts = splitText(text, { max: Math.max(1, Math.min(max, limits.maxTextLength ?? max)), unit });
  const whole = parts.length <= 1;
  const content = html === undefined || !whole ? undefined : contentTree(html);
  if (html !== undefined && !whole)
    losses.push({ what: 'html', why: 'the text is longer than one message', shown: 'text' });
  const count = Math.max(1, parts.length);
  const operations = Array.from({ length: count }, (_, index) => {
    const part = parts[index];
    const last = index === count - 1;
    const event: ChatEvent = {
      ...base,
      key: keyOf(message, index + 1),
      ...(part !== undefined && { text: part }),
      ...(content !== undefined && { content }),
      ...(last && attachments.length > 0 && { attachments }),
      ...(last && offer !== undefined && { offer }),
    };
    return operation(event, part === undefined && offer === undefined ? 'control' : 'message', customer.id);
  });
  return plan(operations, losses);
}

const plan = (operations: readonly Operation[], losses: readonly Loss[] = []): RenderPlan => ({
  operations,
  losses,
});

const operation = (event: ChatEvent, kind: Operation['kind'], to: string): Operation => ({
  key: event.key,
  kind,
  body: { to, event } satisfies ChatOperation,
});

/** Content the page can show as more than text: something to choose from, or links to follow. */
function offerOf(rich: NonNullable<OutboundMessage['rich']>): ChatOffer | undefined {
  const { kind, intro, title, subtitle, options, multiple, links } = rich;
  if (options.length === 0 && (links ?? []).length === 0) return undefined;
  const safe = (links ?? []).filter(({ url }) => /^https?:\/\//i.test(url));
  return {
    kind,
    ...(intro !== undefined && { intro }),
    ...(title !== undefined && { title }),
    ...(subtitle !== undefined && { subtitle }),
    options: options.map(({ id, title: name, subtitle: more, section }) => ({
      id,
      title: name,
      ...(more !== undefined && { subtitle: more }),
      ...(section !== undefined && { section }),
    })),
    ...(multiple !== undefined && { multiple }),
    ...(safe.length > 0 && {
      links: safe.map(({ title: name, url }) => ({ ...(name !== undefined && { title: name }), url })),
    }),
  };
}

function filesOf(message: OutboundMessage, losses: Loss[]): ChatFile[] {
  return (message.attachments ?? []).flatMap(({ name, contentType, size, url }): ChatFile[] => {
    if (url === undefined || !/^https?:\/\//i.test(url)) {
      losses.push({ what: 'attachment', why: 'it has no address', shown: 'none' });
      return [];
    }
    return [
      { name, ...(contentType !== undefined && { contentType }), ...(size !== undefined && { size }), url },
    ];
  });
}
