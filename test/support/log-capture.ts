import { Writable } from 'node:stream';

/** Where a pino logger under test writes to: `pino({ level: 'trace' }, capture.stream)`. */
export interface LogCapture {
  readonly stream: Writable;
  /** Everything as written: for proving what is not in it. */
  text(): string;
  /** One object per line. */
  entries(): readonly Readonly<Record<string, unknown>>[];
  /** The entries whose `msg` is exactly this. */
  named(message: string): readonly Readonly<Record<string, unknown>>[];
}

export function captureLog(): LogCapture {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  const entries = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parseEntry(line));
  return {
    stream,
    text: () => text,
    entries,
    named: (message) => entries().filter((entry) => entry['msg'] === message),
  };
}

function parseEntry(line: string): Record<string, unknown> {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null) throw new Error(`Not a log entry: ${line}`);
  return { ...entry };
}
