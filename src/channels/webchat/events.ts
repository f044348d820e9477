/** What the bridge tells a chat: types only, shared with the code that runs in browsers. */

/** Formatted text as a tree that cannot hold a script: the page builds it node by node and never as HTML. */
export type ContentNode = string | ContentElement;

export interface ContentElement {
  readonly tag: ContentTag;
  /** Only of `a`: http, https, mailto, tel or sms. */
  readonly href?: string;
  readonly children: readonly ContentNode[];
}

export const contentTags = [
  'p',
  'br',
  'b',
  'i',
  'u',
  's',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'h',
  'a',
] as const;
export type ContentTag = (typeof contentTags)[number];

export interface ChatFile {
  readonly name: string;
  readonly contentType?: string;
  /** In bytes. */
  readonly size?: number;
  readonly url?: string;
}

export interface ChatOption {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly section?: string;
}

export interface ChatOffer {
  readonly kind: string;
  /** Words that stand before it. */
  readonly intro?: string;
  readonly title?: string;
  readonly subtitle?: string;
  readonly options: readonly ChatOption[];
  readonly multiple?: boolean;
  readonly links?: readonly { readonly title?: string; readonly url: string }[];
}

/** One thing that was said or happened. `key` is the same whenever it comes again. */
export interface ChatEvent {
  readonly key: string;
  /** The message's id: what an answer to it names as `replyTo`. */
  readonly id: string;
  /** `text`, `rich`, `system`, `page.push`, `agent.join`, `conversation.end`, `typing.start`, … */
  readonly type: string;
  /** The customer's own, perhaps from another tab. */
  readonly own?: true;
  readonly sender?: { readonly type: string; readonly name?: string };
  readonly text?: string;
  /** The same with its formatting. */
  readonly content?: readonly ContentNode[];
  readonly attachments?: readonly ChatFile[];
  readonly offer?: ChatOffer;
  readonly choices?: readonly { readonly id: string; readonly title?: string }[];
  readonly replyTo?: string;
}
