/** Who may send which type (contract 10.1) [doc: operation/sendMessage]. */
export const messageTypes = [
  'text',
  'typing.start',
  'typing.end',
  'escalation.transfer',
  'pagePush',
  'conversation.state',
  'agent.join',
  'agent.available',
  'agent.unavailable',
  'agent.transfer',
  'queue.transfer',
  'richMessage.listpicker',
  'richMessage.quickreply',
  'richMessage.template',
  'richMessage.timepicker',
  'richMessage.richlink',
  'richMessage.form',
  'richMessage.payment',
  'richMessage.app',
  'richMessage.authentication',
  'authentication.success',
  'authentication.failure',
  'customer.info',
  'customer.active',
  'customer.inactive',
  'error',
  'delete.soft',
  'delete.permanent',
  'undo',
  'conversation.end',
] as const;
export type MessageType = (typeof messageTypes)[number];

type Side = 'customer' | 'agent' | 'bot';

const everybody = new Set<MessageType>([
  'text',
  'typing.start',
  'typing.end',
  'customer.info',
  'error',
  'conversation.end',
]);

const bySide: Readonly<Record<Side, (type: MessageType) => boolean>> = {
  customer: (type) => /^(?:customer\.(?:in)?active|authentication\.|delete\.|undo$)/.test(type),
  agent: (type) =>
    /^(?:escalation\.|pagePush$|richMessage\.|conversation\.state$|agent\.|queue\.)/.test(type),
  bot: (type) => /^(?:escalation\.|pagePush$|richMessage\.)/.test(type),
};

/** Both agents and both bots have the same rights. */
export function sideOf(senderType: string): Side {
  if (senderType === 'customer') return 'customer';
  return senderType.endsWith('_bot') ? 'bot' : 'agent';
}

export function maySend(senderType: string, type: MessageType): boolean {
  return everybody.has(type) || bySide[sideOf(senderType)](type);
}
