/** The table of operations, and which row a path and method fall on. */
import { notFound, privateCodes, refuse } from '../refusals.js';
import type { Answer, Operation } from './answer.js';

export type Match =
  | { readonly ok: true; readonly operation: Operation; readonly id: string }
  | { readonly ok: false; readonly answer: Answer };

export class OperationTable {
  /** Path template without leading slash → method → operation. */
  readonly #rows = new Map<string, Map<string, Operation>>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const template = operation.path.slice(1);
      const row = this.#rows.get(template) ?? new Map<string, Operation>();
      this.#rows.set(template, row.set(operation.method, operation));
    }
  }

  /** @param path under the API base, without leading slash. */
  find(method: string, path: string): Match {
    const slash = path.indexOf('/');
    const id = slash === -1 ? '' : path.slice(slash + 1);
    const row =
      this.#rows.get(path) ??
      (slash === -1 || id === '' || id.includes('/')
        ? undefined
        : this.#rows.get(`${path.slice(0, slash)}/{id}`));
    if (row === undefined) return { ok: false, answer: notFound(`/${path}`) };
    const operation = row.get(method);
    if (operation !== undefined) return { ok: true, operation, id: decode(id) };
    const refusal = refuse(privateCodes.methodNotAllowed, `${method} is not possible on /${path}`);
    return { ok: false, answer: { ...refusal, headers: { allow: [...row.keys()].join(', ') } } };
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
