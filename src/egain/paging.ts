import * as z from 'zod';
import { EgainError } from './errors.js';
import type { EgainTransport } from './http.js';
import { readAnswer } from './validate.js';
import { seenNumber } from './wire-fields.js';

export interface PagingOptions {
  /** Names of the query parameters; not documented, borrowed from eGain's siblings [assumed: sibling v4]. */
  readonly pageNumberParameter: string;
  readonly pageSizeParameter: string;
}

export const pagingDefaults: PagingOptions = {
  pageNumberParameter: '$pagenum',
  pageSizeParameter: '$pagesize',
};

export interface PagedList<Item> {
  readonly operation: string;
  readonly path: string;
  /** The resource in the singular [seed], [doc: getall*.md]. */
  readonly key: string;
  readonly item: z.ZodType<Item>;
}

const listAnswer = z.looseObject({
  paginationInfo: z
    .looseObject({ count: seenNumber, pagenum: seenNumber, pagesize: seenNumber })
    .nullish()
    .catch(undefined),
});
const mostPages = 1000;

/**
 * All entries of a list, page after page. The first request has no paging parameters: those are only assumed, and
 * unknown ones may be refused. A hub that ignores them is noticed, because half a list taken for the whole would make
 * a caller create what already exists.
 */
export async function* pages<Item>(
  transport: EgainTransport,
  list: PagedList<Item>,
  paging: PagingOptions,
  signal?: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const { operation, path, key, item } = list;
  const entriesSchema = z.array(item);
  let pageSize = 0;
  for (let page = 1; page <= mostPages; page += 1) {
    const query =
      page === 1 ? {} : { [paging.pageNumberParameter]: page, [paging.pageSizeParameter]: pageSize };
    const answer = await transport.request(operation, { method: 'GET', path, query, signal });
    const body = readAnswer(operation, listAnswer, answer.body ?? {});
    const { count, pagenum, pagesize } = body.paginationInfo ?? {};
    if (pagenum !== undefined && pagenum !== page) throw stuck(operation, page, paging);
    const entries = readAnswer(
      operation,
      entriesSchema,
      body[key] ?? (count === undefined || count === 0 ? [] : body),
    );
    yield* entries;
    pageSize = pagesize ?? entries.length;
    if (count === undefined || entries.length === 0 || count <= page * pageSize) return;
  }
}

function stuck(operation: string, page: number, paging: PagingOptions): EgainError {
  return new EgainError(
    `${operation}: asked for page ${page} by ${paging.pageNumberParameter}, and another page came`,
    { kind: 'not-egain', retryable: false },
  );
}
