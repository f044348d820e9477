/** What an operation answers: a JSON body, raw bytes, or nothing. A failure is an answer like any other. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly bytes?: Buffer;
}

/** A call as an operation sees it: token and scope checked, path taken apart, body read. */
export interface Call {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Parsed JSON, or undefined when the operation takes none. */
  readonly body: unknown;
  /** The bytes as they came. */
  readonly raw: Buffer;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** One row of the table of operations. */
export interface Operation {
  /** eGain's operationId, by which faults and records name it. */
  readonly operationId: string;
  readonly method: Method;
  /** Under the API base; `{id}` stands for one path segment. */
  readonly path: string;
  /** Any one of these, without prefix; see contract 2. */
  readonly scopes: readonly string[];
  /** Query parameters it knows. */
  readonly query?: readonly string[];
  /** Names the operation whose `Accept-Language` may be refused [doc: operation/fetchConversation]. */
  readonly language?: boolean;
  handle(call: Call): Answer;
}
