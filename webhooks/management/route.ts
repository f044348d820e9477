import * as z from 'zod';
import type { RefusalCode } from '../reply.js';
import { parse } from './input.js';
import type { Operator } from './guard.js';

/** A request as it came, its path and JSON taken apart. */
export interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly operator: Operator;
  /** Fires when the caller leaves. */
  readonly signal: AbortSignal;
}

/** One operation of the API: what serves it and what describes it are the same. */
export interface Route {
  readonly method: 'get' | 'post';
  /** Under `/api`; `{name}` is one segment. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string | undefined;
  /** Needs the permission to see texts. */
  readonly readsTexts: boolean;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  /** What it may be refused with besides what every operation may. */
  readonly refusals: readonly RefusalCode[];
  /** @throws {Refusal} */
  run(call: RawCall): Promise<unknown>;
}

const nothing = z.strictObject({});

/** Ties an operation's schemas to its code. */
export function route<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
>(given: {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly readsTexts?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly refusals?: readonly RefusalCode[];
  readonly handle: (
    input: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
    call: Pick<RawCall, 'operator' | 'signal'>,
  ) => Promise<z.input<Answer>>;
}): Route {
  const { handle, readsTexts = false, refusals = [], body: bodySchema, ...rest } = given;
  const params: z.ZodObject = given.params ?? nothing;
  const query: z.ZodObject = given.query ?? nothing;
  return {
    ...rest,
    params,
    query,
    body: bodySchema,
    readsTexts,
    refusals,
    run: (call) =>
      handle(
        {
          params: parse(params, call.params, 'path') as z.output<Params>,
          query: parse(query, call.query, 'query') as z.output<Query>,
          body: parse(bodySchema ?? z.undefined(), call.body, 'body') as z.output<Body>,
        },
        call,
      ),
  };
}
