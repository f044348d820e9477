import type * as z from 'zod';
import { flatten } from '../../config/issues.js';
import { Refusal } from '../reply.js';
import { readShape } from '../../src/messages/read-shape.js';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${String(issue.minimum)}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}${unitOf(issue.origin, issue.maximum)}`;
    case 'unrecognized_keys':
      return 'no field of this name';
    case 'invalid_union':
      return 'one of the documented forms';
    default:
      return 'a text of the documented form';
  }
};

function unitOf(origin: string, count: number | bigint): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? (count === 1 ? ' entry' : ' entries') : '';
}

/** @throws {Refusal} 422 that names every field, and never repeats what was sent. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const read = readShape(schema, value, { error: inWords });
  if (read.success) return read.data;
  const problems = flatten(read.error.issues).map(
    ({ path, expected }) => `${path.length === 0 ? where : path.join('.')}: expected ${expected}`,
  );
  throw new Refusal('unprocessable', [...new Set(problems)].join('; '));
}
