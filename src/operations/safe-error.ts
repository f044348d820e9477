const deepest = 5;
const longest = 500;

/**
 * What a log line tells of an error: its name, words, code, place and cause, and nothing else that hangs on it. Libraries
 * hang on what they were doing: a command with its arguments, a request with its headers.
 */
export function safeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  return {
    type: error.name,
    // A parser's words quote what it could not read.
    message: error instanceof SyntaxError ? 'text that cannot be read' : error.message.slice(0, longest),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^ +at /.test(line))
      .join('\n'),
    ...(inner === undefined || depth >= deepest ? {} : { cause: safeError(inner, depth + 1) }),
  };
}
