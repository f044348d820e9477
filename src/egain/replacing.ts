/** eGain gives these; a PUT does not repeat them. */
export const givenByEgain: ReadonlySet<string> = new Set(['id', 'created']);

/**
 * The body of an update: `body`, and whatever else eGain has in `record`, because a PUT replaces the whole object and
 * what it leaves out is gone. That includes fields nobody told us about, and `modified` as it was last read.
 */
export function replacing<Body extends object>(record: Readonly<Record<string, unknown>>, body: Body): Body {
  const kept: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(record).filter(([name, value]) => value !== undefined && !givenByEgain.has(name)),
  );
  return { ...kept, ...body };
}
