/** What the page is told by the API; a test holds these against the API's own schemas. */

export type Direction = 'in' | 'out';

export interface RatePoint {
  readonly at: string;
  readonly accepted: number;
  readonly delivered: number;
  readonly held: number;
  readonly dead: number;
}

export interface DirectionView {
  readonly direction: Direction;
  readonly channel: string;
  readonly lanes: { readonly running: number; readonly waiting: number; readonly backingOff: number };
  readonly oldestMs: number;
  readonly delivered: number;
  readonly held: number;
  readonly dead: number;
  readonly closed: string | null;
}

export interface Failure {
  readonly kind: 'dead-letter' | 'refused' | 'upstream';
  readonly where: string;
  readonly reason: string;
  readonly count: number;
}

export interface Provisioning {
  readonly declared: boolean;
  readonly drift: {
    readonly at: string;
    readonly differences?: number | undefined;
    readonly objects: readonly string[];
    readonly problems: readonly string[];
  } | null;
}

export interface Overview {
  readonly at: string;
  readonly minutes: number;
  readonly spanSeconds: number;
  readonly rates: readonly RatePoint[];
  readonly directions: readonly DirectionView[];
  readonly failures: readonly Failure[];
  readonly deadLetters: number;
  readonly token: {
    readonly held: boolean;
    readonly ageMs: number | null;
    readonly leftMs: number | null;
    readonly coolingMs: number;
    readonly coolingReason: string | null;
    readonly fetched: number;
    readonly failed: number;
    readonly discarded: number;
  };
  readonly provisioning: Provisioning;
  readonly redis: { readonly usedBytes: number | null; readonly limitBytes: number | null };
  readonly processes: readonly {
    readonly instance: string;
    readonly role: string;
    readonly version: string;
    readonly startedAt: string;
  }[];
}

export interface Step {
  readonly at: string | null;
  readonly what: 'accepted' | 'unknown' | 'failed' | 'next' | 'delivered' | 'dead' | 'ignored' | 'forgotten';
  readonly answer: string | null;
  readonly count: number | null;
}

export interface Message {
  readonly id: string | null;
  readonly direction: Direction;
  readonly channel: string;
  readonly lane: string;
  readonly state: 'waiting' | 'retrying' | 'delivered' | 'dead' | 'ignored' | 'forgotten' | 'gone';
  readonly acceptedAt: string;
  readonly endedAt: string | null;
  readonly attempts: number;
  readonly ahead: number | null;
  readonly conversationId: string | null;
  readonly deadLetter: string | null;
  readonly steps: readonly Step[];
}

export interface SearchAnswer {
  readonly messages: readonly Message[];
  readonly complete: boolean;
  readonly openConversation: string | null;
}

export interface DeadLetter {
  readonly id: string;
  readonly direction: Direction;
  readonly channel: string;
  readonly reason: string;
  readonly code: string | null;
  readonly messageId: string;
  readonly type: string | null;
  readonly attempts: number;
  readonly diedAt: string;
}

export interface DeadLetters {
  readonly deadLetters: readonly DeadLetter[];
  readonly matching: number;
  readonly counted: 'exactly' | 'at-least';
  readonly next: string | null;
  readonly asOf: string;
}

export interface DeadLetterText {
  readonly id: string;
  readonly detail: string;
  readonly content: unknown;
}

export interface Dealt {
  readonly done: number;
  readonly missing: readonly string[];
  readonly more: boolean;
}

export interface Me {
  readonly name: string;
  readonly mayChange: boolean;
  readonly mayReadTexts: boolean;
}

export interface Channels {
  readonly channels: readonly { readonly channel: string }[];
}
