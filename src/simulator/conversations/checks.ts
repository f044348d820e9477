/** What a type needs in its message (contract 10.4) beyond its shape. */
import type { Answer } from '../http/answer.js';
import { missing, privateCodes, refuse } from '../refusals.js';
import type { World } from '../world.js';
import type { Conversation, HubMessage } from './model.js';
import type { AttachmentData, RequestMessage } from './schema.js';

/** A result of an authentication belongs to the message that asked for it [assumed]. */
const needParent = new Set([
  'delete.soft',
  'delete.permanent',
  'undo',
  'authentication.success',
  'authentication.failure',
]);
const needContent = (type: string): boolean =>
  type.startsWith('richMessage.') || type === 'pagePush' || type === 'error';

export function checkContent(message: RequestMessage, at: string): Answer | undefined {
  const type = message.type.value;
  if (needParent.has(type) && message.parent === undefined) return missing(`${at}.parent.messageId`);
  if (needContent(type) && message.content === undefined) return missing(`${at}.content`);
  if (type === 'customer.info' && message.conversation.customer === undefined)
    return missing(`${at}.conversation.customer`);
  if (type !== 'text' || message.attachments !== undefined) return undefined;
  const { content } = message;
  if (content === undefined) return missing(`${at}.content`);
  if (content.text === undefined && content.html === undefined && content.json === undefined)
    return missing(`${at}.content.text`);
  return undefined;
}

/** Each file by public URL or by the id of an uploaded asset, as the switch has it. */
export function checkFiles(world: World, message: RequestMessage, at: string): Answer | undefined {
  const { attachmentRef } = world.switches.current;
  for (const [index, file] of (message.attachments?.attachment ?? []).entries()) {
    const problem = checkFile(world, file, attachmentRef, `${at}.attachment[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkFile(
  world: World,
  file: AttachmentData,
  ref: 'either' | 'url' | 'id',
  at: string,
): Answer | undefined {
  if (ref === 'url' || (ref === 'either' && file.id === undefined))
    return file.url === undefined ? missing(`${at}.url`) : undefined;
  if (file.id === undefined) return missing(`${at}.id`);
  return world.assets.uploaded(file.id)
    ? undefined
    : refuse(privateCodes.unusableAsset, `No uploaded asset has the id ${file.id}`);
}

export function checkParent(
  world: World,
  message: RequestMessage,
  conversation: Conversation,
  at: string,
): Answer | undefined {
  if (!world.switches.current.checkParent || message.parent === undefined) return undefined;
  return findParent(world, message, conversation) === undefined
    ? refuse(privateCodes.unknownParent, `${at}.parent.messageId names no message of the conversation`)
    : undefined;
}

export function findParent(
  world: World,
  message: RequestMessage,
  conversation: Conversation,
): HubMessage | undefined {
  const wanted = message.parent?.messageId;
  const { parentRef } = world.switches.current;
  return conversation.messages.find(
    ({ id, messageId }) =>
      (parentRef !== 'id' && messageId === wanted) || (parentRef !== 'messageId' && id === wanted),
  );
}
