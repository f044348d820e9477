import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CommandFailure } from './context.js';
import { untilAskedToStop } from './start.js';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly file?: string;
  readonly snapshot?: string;
  readonly callback?: string;
  readonly json?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('simulator')
    .description('run a local Conversation Manager, with its control API, fault switches and an agent’s desk')
    .option('--port <port>', 'port to listen on; 0 = a free one', readPort, 4010)
    .option('--host <address>', 'address to listen on; the control API has no authentication', '127.0.0.1')
    .option('--file <file>', 'clients, channels, accounts, switches, faults and scripts (YAML or JSON)')
    .option('--callback <url>', 'where messages to customers go, in place of what the file says')
    .option('--snapshot <file>', 'keep the configuration objects in this file over restarts')
    .option('--json', 'print the addresses as JSON')
    .action(async (options: Options) => {
      const simulator = await start(options);
      const { url: apiUrl, tokenUrl, controlUrl, deskUrl, clientIds } = simulator;
      const lines = [
        `API      ${apiUrl}`,
        `token    ${tokenUrl}`,
        `control  ${controlUrl}`,
        `desk     ${deskUrl}`,
        `clients  ${clientIds.join(', ')}`,
      ];
      const json = JSON.stringify({ apiUrl, tokenUrl, controlUrl, deskUrl, clientIds });
      context.stdout.write(options.json === true ? `${json}\n` : `${lines.join('\n')}\n`);
      await untilAskedToStop();
      await simulator.close();
    });
}

async function start({ port, host, file, snapshot, callback }: Options) {
  const { parseSimulatorFile } = await import('../simulator/file.js');
  const { startSimulator } = await import('../simulator/index.js');
  try {
    const content = parseSimulatorFile(file === undefined ? '' : await readFile(file, 'utf8'), file ?? '');
    const { setup, clients } = content;
    const simulator = await startSimulator({
      ...content,
      setup: callback === undefined ? setup : { ...setup, callback: { ...setup.callback, url: callback } },
      port,
      host,
      ...(snapshot === undefined ? {} : { snapshotFile: snapshot }),
    });
    return { ...simulator, clientIds: clients.map(({ id }) => id) };
  } catch (cause) {
    throw new CommandFailure(reason(cause, port, host, file), { cause });
  }
}

function reason(cause: unknown, port: number, host: string, file: string | undefined): string {
  if (typeof cause !== 'object' || cause === null) return 'the simulator could not be started';
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return `--port ${port} is in use on ${host}; choose another one, or 0 for any`;
  if (code === 'ENOENT' && file !== undefined) return `--file ${file} does not exist`;
  return 'message' in cause ? String(cause.message) : 'the simulator could not be started';
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return port;
}
