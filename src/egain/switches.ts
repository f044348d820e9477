/** One switch per open question of eGain's contract (section 16) that concerns translation; the numbers are its own. */
export interface InboundSwitches {
  /**
   * #3: how a choice goes back: its title or id as the text, its id in `content.json`, its id as a message attribute.
   * Without a text mode there is no text.
   */
  readonly replyMode: readonly ('text_title' | 'text_id' | 'json' | 'attribute')[];
  /** #4: which id of the message meant stands in `parent.messageId`. */
  readonly parentRef: 'messageId' | 'id';
  /** #5: how a file is named in a message. */
  readonly attachmentRef: 'url' | 'asset' | 'both';
  /** #11 */
  readonly sendEntryPoint: boolean;
  /** #12: the contact that makes a customer unique; `{customer}` and `{channel}` are filled in. */
  readonly contact: { readonly type: string; readonly subType?: string; readonly address: string };
  /** An e-mail or phone that a signed source vouches for identifies the customer instead of `contact`. */
  readonly useVerifiedContact: boolean;
  /** #13 */
  readonly timeOffset: 'omit' | 'minutes';
  /** Contract, section 14, point 10. */
  readonly deleteType: 'delete.soft' | 'delete.permanent';
  /** Whether a continuing text repeats the customer, as one public program does [wild: DM bridge]. */
  readonly repeatCustomer: boolean;
  /** Whether text and files of one message travel apart; only that is seen in public [wild: DM bridge]. */
  readonly filesApart: boolean;
  /** Value of the `source` attribute of the call; absent = no metadata. */
  readonly source?: string;
}

export const inboundDefaults: InboundSwitches = {
  replyMode: ['text_title', 'attribute'],
  parentRef: 'messageId',
  attachmentRef: 'url',
  sendEntryPoint: false,
  contact: { type: 'email', address: '{customer}@{channel}.channel.invalid' },
  useVerifiedContact: false,
  timeOffset: 'omit',
  deleteType: 'delete.soft',
  repeatCustomer: false,
  filesApart: true,
};

export interface OutboundSwitches {
  /** #1: which field of the content is read first. */
  readonly textPreference: readonly ('html' | 'text' | 'json')[];
  /** #17: a text that reads exactly `agent.end.conversation` ends the conversation. */
  readonly treatLiteralEnd: boolean;
  /** #19: messages whose sender is a customer are our own, come back. */
  readonly dropEchoes: boolean;
  /** #21: texts of the hub itself go to the customer. */
  readonly forwardSystemMessages: boolean;
}

export const outboundDefaults: OutboundSwitches = {
  textPreference: ['html', 'text', 'json'],
  treatLiteralEnd: true,
  dropEchoes: true,
  forwardSystemMessages: true,
};

export interface OutcomeSwitches {
  /** #8: codes that mean "this conversation is over, start anew". */
  readonly startAnewCodes: readonly string[];
  /** #8: a 404 that carries eGain's error object means the same. */
  readonly startAnewOn404: boolean;
  /** #22: a 400 or 403 that is not listed above is final. */
  readonly permanentClientErrors: boolean;
  /** #9: whether a send may be repeated after an answer that leaves open if it was taken. */
  readonly safeRetry: boolean;
}

export const outcomeDefaults: OutcomeSwitches = {
  startAnewCodes: ['400-630'],
  startAnewOn404: true,
  permanentClientErrors: true,
  safeRetry: true,
};
