import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import { CommandFailure, type CliContext, type TextSink } from './context.js';

interface DemoCommandOptions {
  readonly once?: boolean;
  readonly port?: number;
  readonly managementPort?: number;
  readonly pagePort?: number;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a shell sees of a process that a signal ended. */
const exitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export function register(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description(
      'everything on this machine: Redis, a simulated eGain with an agent’s desk, a web chat, and the bridge between',
    )
    .option(
      '--once',
      'end after the conversation; exit code 0 only if every message arrived, once and in order',
    )
    .option('--port <port>', 'public port of the bridge (default: 8080, or a free one)', port)
    .option('--management-port <port>', 'its management port (default: 9090, or a free one)', port)
    .option('--page-port <port>', 'port of the start page (default: 8000, or a free one)', port)
    .action((options: DemoCommandOptions, command: Command) => demo(context, options, command));
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}

async function demo(context: CliContext, options: DemoCommandOptions, command: Command): Promise<void> {
  if (command.optsWithGlobals()['config'] !== undefined)
    throw new CommandFailure('demo: --config is not possible, as the demo writes a configuration of its own');
  const { choosePorts, PortTaken } = await import('../demo/ports.js');
  const { painter } = await import('../demo/screen.js');
  const { runDemo } = await import('../demo/run.js');
  const { RedisServerError } = await import('../operations/redis-server.js');
  const asked = new AbortController();
  // Also for the second Ctrl-C: a keyboard's goes to npm and to us, and npm hands its own on.
  const stop = (signal: NodeJS.Signals): void => asked.abort(signal);
  for (const signal of signals) process.on(signal, stop);
  try {
    const [publicPort = 0, managementPort = 0, pagePort = 0] = await choosePorts([
      { option: '--port', asked: options.port, usual: 8080 },
      { option: '--management-port', asked: options.managementPort, usual: 9090 },
      { option: '--page-port', asked: options.pagePort, usual: 8000 },
    ]);
    const complete = await runDemo({
      port: publicPort,
      managementPort,
      pagePort,
      once: options.once === true,
      paint: painter(isTerminal(context.stdout), context.env),
      write: (text) => void context.stdout.write(text),
      env: context.env,
      program: fileURLToPath(new URL('../../bin/egain-bridge.js', import.meta.url)),
      signal: asked.signal,
      now: Date.now,
    });
    if (!complete) context.setExitCode(1);
  } catch (error) {
    if (asked.signal.aborted) context.setExitCode(exitCodes[String(asked.signal.reason)] ?? 1);
    else if (error instanceof PortTaken || error instanceof RedisServerError)
      throw new CommandFailure(`demo: ${error.message}`);
    else throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

function isTerminal(sink: TextSink): boolean {
  return 'isTTY' in sink && sink.isTTY === true;
}
