/** What the page and the bridge say to each other. */
import type { ChatEvent } from '../events.js';

export interface ChatSession {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly customer: { readonly id: string; readonly name?: string };
  readonly chat: {
    readonly title: string;
    readonly greeting?: string;
    readonly maxTextLength: number;
    readonly typing: boolean;
    readonly files: boolean;
    readonly defaultLanguage: string;
  };
}

/** A message as it is posted. `id` is made by the page, so that one that is sent again is known again. */
export interface ChatMessage {
  readonly id: string;
  readonly type:
    | 'text'
    | 'choice'
    | 'typing.start'
    | 'typing.end'
    | 'customer.active'
    | 'customer.inactive'
    | 'conversation.end';
  readonly text?: string;
  readonly choices?: readonly { readonly id: string; readonly title?: string }[];
  readonly attachments?: readonly { readonly name: string; readonly assetId: string }[];
  readonly replyTo?: string;
  readonly sentAt?: string;
}

/** A line of the event stream, put together. `id` is '' where the event is kept nowhere. */
export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

export type { ChatEvent };

/** Reads what came off the wire as an event; undefined for anything else. */
export function readEvent(data: string): ChatEvent | undefined {
  const value = readJson(data);
  if (typeof value !== 'object' || value === null) return undefined;
  const { key, type } = value as Partial<ChatEvent>;
  return typeof key === 'string' && typeof type === 'string' ? (value as ChatEvent) : undefined;
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
