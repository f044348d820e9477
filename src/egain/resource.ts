import * as z from 'zod';
import type { EgainTransport } from './http.js';
import { pages, type PagingOptions } from './paging.js';
import { checkedRequest, readAnswer } from './validate.js';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** `id` and whatever else eGain returns; older versions may have given a client id and secret (contract, 16 #32). */
export interface Created {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** The five operations that each of the six configuration resources has. */
export interface Resource<Body, Item> {
  /** 201 [seed], [doc: operation/create*]. */
  create(body: Body, options?: CallOptions): Promise<Created>;
  get(id: string, options?: CallOptions): Promise<Item>;
  /** Follows the pages. */
  list(options?: CallOptions): AsyncIterable<Item>;
  /** Replaces the whole object: repeat every field that shall stay [seed], [doc: operation/update*]. */
  update(id: string, body: Body, options?: CallOptions): Promise<void>;
  delete(id: string, options?: CallOptions): Promise<void>;
}

export interface ResourceDescription<Body, Item> {
  readonly path: string;
  /** In operation names: `create<singular>`, `getAll<plural>`, … */
  readonly singular: string;
  readonly plural: string;
  /** Name of the array in a list. */
  readonly listKey: string;
  readonly body: z.ZodType<Body>;
  readonly item: z.ZodType<Item>;
}

const created = z.looseObject({ id: z.string().min(1) });

export function createResource<Body, Item>(
  transport: EgainTransport,
  description: ResourceDescription<Body, Item>,
  paging: PagingOptions,
): Resource<Body, Item> {
  const { path, singular, plural, listKey, body: schema, item } = description;
  const one = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  return {
    create: async (body, options) => {
      const operation = `create${singular}`;
      const answer = await transport.request(operation, {
        method: 'POST',
        path,
        body: checkedRequest(operation, schema, body),
        signal: options?.signal,
      });
      return readAnswer(operation, created, answer.body);
    },
    get: async (id, options) => {
      const operation = `get${singular}`;
      const answer = await transport.request(operation, {
        method: 'GET',
        path: one(id),
        signal: options?.signal,
      });
      return readAnswer(operation, item, answer.body);
    },
    list: (options) =>
      pages(transport, { operation: `getAll${plural}`, path, key: listKey, item }, paging, options?.signal),
    update: async (id, body, options) => {
      const operation = `update${singular}`;
      await transport.request(operation, {
        method: 'PUT',
        path: one(id),
        body: checkedRequest(operation, schema, body),
        signal: options?.signal,
      });
    },
    delete: async (id, options) => {
      await transport.request(`delete${singular}`, {
        method: 'DELETE',
        path: one(id),
        signal: options?.signal,
      });
    },
  };
}
