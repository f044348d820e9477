import { hash } from 'node:crypto';
import type { Attachment, OutboundMessage } from '../../messages/model.js';
import { richToText } from '../../messages/rich-text.js';
import { sanitiseHtml } from '../../messages/html-sanitised.js';
import { splitText } from '../../messages/split.js';
import type { Loss, Operation, RenderLimits, RenderPlan } from '../adapter.js';
import { longestText } from './capabilities.js';
import type { WebhookConfig } from './config.js';

const messageTypes: ReadonlySet<string> = new Set(['text', 'rich', 'page.push', 'system']);

function kindOf(message: OutboundMessage): Operation['kind'] {
  if (message.type === 'typing.start' || message.type === 'typing.end') return 'typing';
  return messageTypes.has(message.type) || message.text !== undefined ? 'message' : 'control';
}

const hubId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Sent as `webhook-id`, by which a receiver drops repeats. A hub id is unique everywhere; a sender's own id is so only
 * within its conversation and may hold any character, so a hash of both stands for it.
 */
function keyOf({ id, conversationId }: OutboundMessage, index: number): string {
  const unique = hubId.test(id) ? id : hash('sha256', JSON.stringify([conversationId, id]), 'base64url');
  return `${unique}:${index}`;
}

function htmlIn(html: string, as: WebhookConfig['html']): string | undefined {
  if (as === 'none') return undefined;
  return as === 'sanitised' ? sanitiseHtml(html) : html;
}

const fileOf = ({ name, contentType, size, url }: Attachment): object => ({
  name,
  ...(contentType !== undefined && { contentType }),
  ...(size !== undefined && { size }),
  ...(url !== undefined && { url }),
});

/**
 * One operation per part, its body in the shape of design section 6.1: a long text is split by the limit, files and
 * rich content go with the last part. Rich content without text gets its fallback as text, for receivers that show no
 * lists. HTML cannot be cut, so it goes only with a text that is whole.
 */
export function render(
  message: OutboundMessage,
  limits: RenderLimits,
  {
    html: htmlAs = 'as-sent',
    textUnit: unit = 'utf16',
  }: Partial<Pick<WebhookConfig, 'html' | 'textUnit'>> = {},
): RenderPlan {
  const losses: Loss[] = [];
  const text = message.text ?? (message.rich === undefined ? '' : richToText(message.rich));
  const most = Math.min(longestText, limits.maxTextLength ?? longestText);
  const parts = splitText(text, { max: Math.max(1, most), unit });
  const whole = parts.length <= 1;
  const html = message.html === undefined ? undefined : htmlIn(message.html, htmlAs);
  if (message.html !== undefined && html === undefined && whole)
    losses.push({ what: 'html', why: htmlAs === 'none' ? 'channel' : 'too-deep', shown: 'text' });
  if (!whole && message.html !== undefined) {
    losses.push({ what: 'html', why: 'the text is longer than one message', shown: 'text' });
  }

  const attachments = (message.attachments ?? []).filter((file) => {
    if (file.url !== undefined) return true;
    losses.push({ what: 'attachment', why: 'it has no address', shown: 'none' });
    return false;
  });

  const rest = {
    ...(attachments.length > 0 && { attachments: attachments.map(fileOf) }),
    ...(message.rich !== undefined && { rich: message.rich }),
    ...(message.raw !== undefined && { raw: message.raw }),
  };
  const count = Math.max(parts.length, 1);
  const operations = Array.from({ length: count }, (_, index): Operation => {
    const part = parts[index];
    const body = {
      id: message.id,
      conversationId: message.conversationId,
      customer: { id: message.customer.id },
      type: message.type,
      sender: message.sender,
      ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
      ...(message.event !== undefined && { event: message.event }),
      ...(part !== undefined && { text: part }),
      ...(whole && html !== undefined && { html }),
      ...(!whole && { part: { index: index + 1, of: count } }),
      ...(index === count - 1 && rest),
    };
    return { key: keyOf(message, index + 1), kind: kindOf(message), body };
  });
  return { operations, losses };
}
