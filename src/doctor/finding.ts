/** What one check found. `advice` is what to do about it; absent when all is well. */
export interface Finding {
  readonly check: string;
  /** `error`: messages cannot go their way or are in danger. `skipped`: something it needs failed before. */
  readonly level: 'ok' | 'warning' | 'error' | 'skipped';
  readonly found: string;
  readonly advice?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, level: 'ok', found });
export const skipped = (check: string, found: string): Finding => ({ check, level: 'skipped', found });
export const warning = (check: string, found: string, advice: string): Finding => ({
  check,
  level: 'warning',
  found,
  advice,
});
export const failure = (check: string, found: string, advice: string): Finding => ({
  check,
  level: 'error',
  found,
  advice,
});

/** An error's own words and its code, in one line; several attempts at once come without words. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const words = error.message === '' ? code : error.message;
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : '';
  return `${words}${cause}`.replaceAll(/\s+/g, ' ');
}
