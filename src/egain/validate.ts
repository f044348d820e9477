import type * as z from 'zod';
import { EgainError } from './errors.js';

/**
 * Holds a request to the documented limits before it leaves. The error names each field and what was expected there,
 * never the value; `details` has the same as data.
 */
export function checkedRequest<Body>(operation: string, schema: z.ZodType<Body>, body: unknown): Body {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = flatten(read.error.issues).map(({ path, message }) => ({
    key: path.length === 0 ? 'body' : path.map(String).join('.'),
    value: message,
  }));
  throw new EgainError(
    `${operation}: ${problems.map(({ key, value }) => `${key}: expected ${value}`).join('; ')}`,
    { kind: 'invalid-request', retryable: false, details: problems },
  );
}

/** Reads an answer into the shape its type promises; an answer of another shape is not eGain's. */
export function readAnswer<Answer>(operation: string, schema: z.ZodType<Answer>, body: unknown): Answer {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.map(String).join('.');
  throw new EgainError(`${operation}: the answer has another shape at ${where}`, {
    kind: 'not-egain',
    retryable: false,
  });
}

/** A union reports its branches' problems one level down; the branch that came closest is the one meant. */
function flatten(issues: readonly z.core.$ZodIssue[]): { path: readonly PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const closest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
    return flatten(closest).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}
