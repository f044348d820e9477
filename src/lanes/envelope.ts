import type { Customer, InboundMessage } from '../messages/model.js';

/**
 * What lies in a lane: everything a worker needs to deliver it, and nothing that another process must remember. `trace` is
 * a traceparent: the delivery belongs to the trace of the request that brought the message, where there is tracing.
 */
export type Envelope = Content & { readonly trace?: string | undefined };

type Content =
  | { readonly kind: 'inbound'; readonly channel: string; readonly message: InboundMessage }
  | {
      readonly kind: 'outbound';
      readonly id: string;
      readonly conversationId: string;
      /** eGain's message as received, unknown fields included. */
      readonly message: unknown;
    }
  | {
      readonly kind: 'notice';
      readonly channel: string;
      readonly customer: Customer;
      readonly notice: Notice;
    }
  | {
      readonly kind: 'agent-notice';
      readonly channel: string;
      readonly customer: Customer;
      /** Of the message that could not be delivered, or was refused. */
      readonly messageId: string;
      /** The id its sender gave it, where that is known too. */
      readonly senderId?: string;
      /** Empty: the one that is open when the notice's turn comes, for a customer's message that was refused. */
      readonly conversationId: string;
      readonly reason: string;
      /** What the text about it is filled with. */
      readonly parameters?: readonly string[];
    }
  /** An item of a valid batch that is no message: on its way to the dead letters, with what came. */
  | { readonly kind: 'misfit'; readonly reason: string; readonly raw: unknown };

/** Something the customer must be told (I6): a text by name, its parameters, and how many it stands for. */
export interface Notice {
  readonly id: string;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly count: number;
}

/** Short keys: a waiting message may cost at most 2 KB of Redis for 1 KB of its own. */
export function writeEnvelope(envelope: Envelope): string {
  switch (envelope.kind) {
    case 'inbound':
      return JSON.stringify({ k: 'i', c: envelope.channel, m: envelope.message, t: envelope.trace });
    case 'outbound': {
      const { id, conversationId, message, trace } = envelope;
      return writeOutbound(id, conversationId, JSON.stringify(message), trace);
    }
    case 'notice': {
      const { channel, customer, notice, trace } = envelope;
      return JSON.stringify({ k: 'n', c: channel, u: customer, n: notice, t: trace });
    }
    case 'agent-notice':
      return JSON.stringify({
        k: 'a',
        c: envelope.channel,
        u: envelope.customer,
        i: envelope.messageId,
        v: envelope.conversationId,
        r: envelope.reason,
        s: envelope.senderId,
        p: envelope.parameters,
        t: envelope.trace,
      });
    case 'misfit':
      return JSON.stringify({ k: 'x', r: envelope.reason, m: envelope.raw, t: envelope.trace });
  }
}

/** The envelope of an outbound message whose JSON is at hand: it is taken as it is. */
export function writeOutbound(id: string, conversationId: string, message: string, trace?: string): string {
  const traced = trace === undefined ? '' : `,"t":"${trace}"`;
  return `{"k":"o","i":${JSON.stringify(id)},"v":${JSON.stringify(conversationId)},"m":${message}${traced}}`;
}

interface Stored {
  k?: string;
  c?: string;
  i?: string;
  v?: string;
  r?: string;
  s?: string;
  u?: Customer;
  m?: unknown;
  n?: Notice;
  p?: readonly string[];
  t?: string;
}

/** @returns undefined when the text is none of ours: such a message must not stop its lane. */
export function readEnvelope(text: string): Envelope | undefined {
  let stored: Stored;
  try {
    stored = (JSON.parse(text) ?? {}) as Stored;
  } catch {
    return undefined;
  }
  const content = contentOf(stored);
  const { t: trace } = stored;
  return content === undefined || trace === undefined ? content : { ...content, trace };
}

function contentOf(stored: Stored): Content | undefined {
  const {
    k,
    c: channel,
    i: id,
    v: conversationId,
    u: customer,
    m: message,
    n: notice,
    r: reason,
    s: senderId,
  } = stored;
  if (k === 'i' && channel !== undefined && message !== undefined) {
    return { kind: 'inbound', channel, message: message as InboundMessage };
  }
  if (k === 'o' && id !== undefined && conversationId !== undefined) {
    return { kind: 'outbound', id, conversationId, message };
  }
  if (k === 'x' && reason !== undefined) return { kind: 'misfit', reason, raw: message };
  if (channel === undefined || customer === undefined) return undefined;
  if (k === 'n' && notice !== undefined) return { kind: 'notice', channel, customer, notice };
  if (k === 'a' && id !== undefined && conversationId !== undefined && reason !== undefined) {
    const { p: parameters } = stored;
    return {
      kind: 'agent-notice',
      channel,
      customer,
      messageId: id,
      conversationId,
      reason,
      ...(senderId === undefined ? {} : { senderId }),
      ...(parameters === undefined ? {} : { parameters }),
    };
  }
  return undefined;
}

/** The id people know a message by: the channel's or eGain's. */
export function messageIdOf(envelope: Envelope): string {
  switch (envelope.kind) {
    case 'inbound':
      return envelope.message.id;
    case 'outbound':
      return envelope.id;
    case 'notice':
      return envelope.notice.id;
    case 'agent-notice':
      return `error:${envelope.messageId}`;
    case 'misfit':
      return 'misfit';
  }
}

/** The conversation that an item was meant for which came as no message, where it says so. */
export function conversationOfMisfit(envelope: Envelope | undefined): string | undefined {
  if (envelope?.kind !== 'misfit') return undefined;
  const raw = envelope.raw as { readonly conversation?: { readonly id?: unknown } | null } | null | undefined;
  const id = raw?.conversation?.id;
  return typeof id === 'string' ? id : undefined;
}
