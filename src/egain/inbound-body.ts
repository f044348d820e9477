import type { Attachment, Choice, InboundMessage } from '../messages/model.js';
import type { InboundSwitches } from './switches.js';
import type { HubAttachment, RequestMessage } from './types.js';

/**
 * What a message says, without who, where and to what. `originalTime` (ISO 8601) goes in front of the text.
 */
export function inboundBody(
  message: InboundMessage,
  switches: InboundSwitches,
  originalTime?: string,
): Pick<RequestMessage, 'content' | 'attributes' | 'attachments'> {
  const { type, result, error } = message;
  if (type === 'choice') return choiceBody(message, switches);
  // That the result and the error lie in `content.json` is [assumed] (contract 10.4).
  if (type === 'authentication.success' || type === 'authentication.failure')
    return result === undefined ? {} : { content: { json: result } };
  if (type === 'error') return error === undefined ? {} : { content: { json: error } };
  if (type !== 'text' && type !== 'message.edit') return {};
  const text = message.text ?? '';
  const prefix = `${originalTime === undefined ? '' : `[${readableTime(originalTime)}] `}${type === 'message.edit' ? '[edited] ' : ''}`;
  return {
    ...(text === '' ? {} : { content: { text: prefix + text } }),
    ...files(message.attachments ?? [], switches),
  };
}

/** Customers may not send rich messages, so an answer to one goes back as a text [assumed, contract 10.4]. */
function choiceBody(
  message: InboundMessage,
  switches: InboundSwitches,
): Pick<RequestMessage, 'content' | 'attributes'> {
  if (message.values !== undefined) return formBody(message.values, switches);
  const choices: readonly Choice[] = message.choices ?? [];
  if (choices.length === 0) return { content: { text: message.text ?? '' } };
  const modes = new Set(switches.replyMode);
  const ids = choices.map(({ id }) => id).join(',');
  const titles = choices.map(({ id, title }) => title ?? id).join(', ');
  const text = modes.has('text_title') ? titles : modes.has('text_id') ? ids : undefined;
  const content = {
    ...(text === undefined ? {} : { text }),
    ...(modes.has('json') ? { json: { type: 'postback', items: choices } } : {}),
  };
  return {
    ...(Object.keys(content).length === 0 ? {} : { content }),
    ...(modes.has('attribute')
      ? { attributes: { attribute: [{ name: 'choice_id', value: ids, external: true }] } }
      : {}),
  };
}

/** As with a choice; which values belong together only the structured modes tell apart [assumed]. */
function formBody(
  values: NonNullable<InboundMessage['values']>,
  switches: InboundSwitches,
): Pick<RequestMessage, 'content' | 'attributes'> {
  const modes = new Set(switches.replyMode);
  const lines = (name: (each: { id: string; title: string }) => string): string =>
    values.map((each) => `${name(each)}: ${each.value}`).join('\n');
  const text = modes.has('text_title')
    ? lines(({ title }) => title)
    : modes.has('text_id')
      ? lines(({ id }) => id)
      : undefined;
  const content = {
    ...(text === undefined ? {} : { text }),
    ...(modes.has('json')
      ? { json: { type: 'form', fields: values.map(({ id, value }) => ({ id, value })) } }
      : {}),
  };
  return {
    ...(Object.keys(content).length === 0 ? {} : { content }),
    ...(modes.has('attribute')
      ? {
          attributes: {
            attribute: values.map(({ id, value }) => ({ name: `form.${id}`, value, external: true })),
          },
        }
      : {}),
  };
}

function files(
  attachments: readonly Attachment[],
  switches: InboundSwitches,
): Pick<RequestMessage, 'attachments'> {
  if (attachments.length === 0) return {};
  return {
    attachments: { attachment: attachments.map((file) => hubAttachment(file, switches.attachmentRef)) },
  };
}

/** A file without the reference that was asked for still goes with the one it has. */
function hubAttachment(file: Attachment, ref: InboundSwitches['attachmentRef']): HubAttachment {
  const withUrl = file.url !== undefined && (ref !== 'asset' || file.assetId === undefined);
  const withId = file.assetId !== undefined && (ref !== 'url' || file.url === undefined);
  return {
    ...(withId ? { id: file.assetId } : {}),
    name: file.name,
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
    ...(file.size === undefined ? {} : { size: file.size }),
    ...(withUrl ? { url: file.url } : {}),
  };
}

function readableTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
