/** Cutting a list into pages; parameter names are those of sibling APIs [assumed: contract 1, #28]. */
import type { Answer } from '../http/answer.js';
import { privateCodes, refuse } from '../refusals.js';
import type { Switches } from '../switches.js';

interface Page<Item> {
  readonly records: readonly Item[];
  readonly paginationInfo?: { readonly count: number; readonly pagenum: number; readonly pagesize: number };
}

function positive(query: URLSearchParams, name: string, fallback: number, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : undefined;
}

/** A page beyond the last one is empty; a size beyond the greatest is refused. */
export function pageOf<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  { paging, defaultPageSize, maxPageSize }: Switches,
): Page<Item> | { readonly refusal: Answer } {
  if (!paging) return { records: items };
  const pagenum = positive(query, '$pagenum', 1, Number.MAX_SAFE_INTEGER);
  const pagesize = positive(query, '$pagesize', Math.min(defaultPageSize, maxPageSize), maxPageSize);
  if (pagenum === undefined) return { refusal: refuse(privateCodes.badQuery, '$pagenum must be 1 or more') };
  if (pagesize === undefined)
    return { refusal: refuse(privateCodes.badQuery, `$pagesize must be between 1 and ${maxPageSize}`) };
  const start = (pagenum - 1) * pagesize;
  const paginationInfo = { count: items.length, pagenum, pagesize };
  return { records: items.slice(start, start + pagesize), paginationInfo };
}
