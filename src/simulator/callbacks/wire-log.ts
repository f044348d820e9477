/** The newest callback requests as they went over the wire, for people to look at; records keep what tests ask for. */

export interface WireEntry {
  readonly number: number;
  readonly at: string;
  readonly conversationIds: readonly string[];
  /** The same for all attempts at one request. */
  readonly delivery: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Absent when none came. */
  readonly answer?: WireAnswer;
  readonly error?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its first characters. */
  readonly body: string;
}

/** Enough to look back over a conversation; the bodies are the ones that were sent anyway. */
const kept = 200;
const longestAnswer = 2000;

export class WireLog {
  #entries: WireEntry[] = [];
  #made = 0;

  add(entry: Omit<WireEntry, 'number'>): void {
    this.#made += 1;
    const headers = { ...entry.request.headers };
    // Whoever looks over a shoulder need not learn the password; which scheme it was is what one wants to know.
    if (headers['authorization'] !== undefined)
      headers['authorization'] = headers['authorization'].replace(/ .*/s, ' …');
    this.#entries.push({ ...entry, number: this.#made, request: { ...entry.request, headers } });
    if (this.#entries.length > kept * 1.25) this.#entries = this.#entries.slice(-kept);
  }

  /** Newest first. */
  latest(limit: number, conversationId?: string): readonly WireEntry[] {
    return this.#entries
      .filter(
        ({ conversationIds }) => conversationId === undefined || conversationIds.includes(conversationId),
      )
      .slice(-Math.max(0, limit))
      .reverse();
  }

  clear(): void {
    this.#entries = [];
  }
}

export function wireAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): WireAnswer {
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return { status, headers: Object.fromEntries(plain), body: body.slice(0, longestAnswer) };
}
