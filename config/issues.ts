/** zod's issues in the operator's words: which setting, and what belongs there. */
import type * as z from 'zod';
import type { Path } from './problems.js';
import { isRecord } from './schema/fields.js';

export interface FlatIssue {
  readonly path: Path;
  readonly expected: string;
  /** A key the schema does not know; `path` ends with it. */
  readonly unknownKey?: string;
  /** A rule over several settings: that this one is not set is not the point. */
  readonly isRule?: true;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map of settings'],
  ['record', 'a map of settings'],
]);

/** zod's error map: becomes the message of every issue whose schema has no words of its own. */
export const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return kinds.get(issue.expected) ?? `a value of type ${issue.expected}`;
    case 'too_small':
      return bound(issue.origin, 'at least', Number(issue.minimum));
    case 'too_big':
      return bound(issue.origin, 'at most', Number(issue.maximum));
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_format':
      return issue.format === 'url'
        ? 'a complete address such as https://example.com'
        : 'a text of the right form';
    case 'unrecognized_keys':
      return 'no setting of this name';
    case 'invalid_union':
      return Array.isArray(issue['options']) ? oneOf(issue['options']) : 'one of the documented forms';
    default:
      return undefined;
  }
};

function bound(origin: string, relation: string, limit: number): string {
  if (origin === 'string')
    return limit === 1 ? 'a text that is not empty' : `${relation} ${limit} characters`;
  if (origin === 'array') return `${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `a number of ${relation} ${limit}`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map(String);
  return words.length === 1 ? words.join('') : `one of ${words.join(', ')}`;
}

/** Nested and bundled issues one by one, with their full paths. */
export function flatten(issues: readonly z.core.$ZodIssue[], start: Path = []): FlatIssue[] {
  return issues.flatMap((issue): FlatIssue[] => {
    const path = [...start, ...issue.path.map(part)];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ path: [...path, key], expected: issue.message, unknownKey: key }));
      case 'invalid_key':
        return flatten(issue.issues.slice(0, 1), path);
      case 'invalid_union':
        return issue.errors.length === 0 ? [{ path, expected: issue.message }] : union(issue.errors, path);
      case 'custom':
        return [{ path, expected: issue.message, isRule: true }];
      default:
        return [{ path, expected: issue.message }];
    }
  });
}

function part(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}

type Branch = readonly z.core.$ZodIssue[];

/**
 * A union fails in every branch; only the one that was meant is worth a word. It is the one whose literals (`type: basic`)
 * agree. Where a literal agrees with none, that literal is the whole problem.
 */
function union(branches: readonly Branch[], path: Path): FlatIssue[] {
  const mismatches = branches.map((branch) => branch.filter(isMismatch));
  const least = Math.min(...mismatches.map(({ length }) => length));
  const [first] = mismatches;
  if (least > 0 && first !== undefined) {
    const shared = first.find((one) => mismatches.every((list) => list.some((other) => sameKey(one, other))));
    if (shared !== undefined) {
      const words = mismatches
        .flatMap((list) => list.filter((other) => sameKey(shared, other)))
        .map(({ message }) => message);
      return [{ path: [...path, ...shared.path.map(part)], expected: alternatives(words) }];
    }
  }
  const closest = branches.filter((_, index) => mismatches[index]?.length === least);
  const meant = closest.reduce((one, other) => (other.length < one.length ? other : one), closest[0] ?? []);
  return flatten(meant, path);
}

/** A literal that is not the branch's, or a value that is not even of the branch's kind. */
function isMismatch(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_value') return issue.values.length === 1 && issue.path.length === 1;
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function sameKey(one: z.core.$ZodIssue, other: z.core.$ZodIssue): boolean {
  return one.path.length === other.path.length && one.path[0] === other.path[0];
}

function alternatives(words: readonly string[]): string {
  return [...new Set(words)].join(' or ');
}

/** What stands at `path`, undefined when nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (Array.isArray(here) && typeof key === 'number') here = here[key];
    else here = isRecord(here) ? here[String(key)] : undefined;
  }
  return here;
}
