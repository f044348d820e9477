/** What a command may touch of the process it runs in; tests hand in their own. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** What is piped in; nothing where absent. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  setExitCode(code: number): void;
}

export interface TextSink {
  write(text: string): unknown;
}

/** A command that cannot do what it was asked for, in words for whoever typed it: shown as they are, without a stack. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
