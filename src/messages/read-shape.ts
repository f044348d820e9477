import type * as z from 'zod';

/** What no schema of an object or a list takes. */
const misfit = Symbol('unreadable');

/**
 * `schema.safeParse` of an object or a list, for what strangers send. Where a text or a list should stand zod asks whatever
 * does stand there for its `length`, and throws when that cannot be compared with a number, as
 * `{"length":[{"toString":1}]}` cannot: a misfit like any other, not a failure of ours.
 */
export function readShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context?: z.core.ParseContext<z.core.$ZodIssue>,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(value, context);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return schema.safeParse(misfit, context);
  }
}
