import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, redisServerVariable } from './find-redis-server.js';
import { freePort } from './free-port.js';
import { type RedisProcess, startRedisProcess } from './redis-process.js';

export { findRedisServer } from './find-redis-server.js';

export interface RedisServerOptions {
  /** How often the append-only file reaches the disk; `no` (the default) keeps nothing over a restart. */
  readonly appendonly?: 'no' | 'everysec' | 'always';
  /** Data folder, created when missing and kept on `stop`. Default: a temporary folder, removed on `stop`. */
  readonly dir?: string;
  /** Loopback port; default: a free one. */
  readonly port?: number;
  /** More Redis settings by name, e.g. `{ maxmemory: '64mb' }`; those that turn its log away are not possible. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Where the binary is looked for; default: this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long it may take to answer, in milliseconds (a large AOF has to be loaded first). Default 20,000. */
  readonly timeoutMs?: number;
}

/** A Redis that belongs to this process: it ends with it, even when this process is killed. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The process id at this moment; another one after `restart`. */
  readonly pid: number;
  readonly dir: string;
  /** Ends it in order; a temporary data folder goes with it. Harmless when it is already gone. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would be; the data folder stays for `restart`. */
  kill(): Promise<void>;
  /** Ends it in order if it still runs and starts it again with the same folder and port. */
  restart(): Promise<void>;
}

export class RedisServerError extends Error {
  override readonly name = 'RedisServerError';
  readonly code: 'no-binary' | 'port-taken' | 'exited' | 'timeout';

  constructor(code: RedisServerError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const graceMs = 5_000;
const portAttempts = 5;

/**
 * Starts a private Redis on a loopback port, set up as the bridge needs one: nothing evicted, no snapshots, and
 * `hz 100`, because with Redis's own 10 every delayed job is up to 100 ms late.
 *
 * @throws RedisServerError `no-binary` when none is installed; otherwise Redis's own last words are in the message.
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const env = options.env ?? process.env;
  const binary = findRedisServer(env);
  if (binary === undefined) throw new RedisServerError('no-binary', whatToInstall(env));

  const temporary = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'egain-bridge-redis-')));
  if (!temporary) await mkdir(dir, { recursive: true });

  const launch = async (port: number): ReturnType<typeof startRedisProcess> =>
    startRedisProcess(
      binary,
      redisArguments(options, dir, port),
      port,
      temporary ? dir : '',
      options.timeoutMs ?? 20_000,
    );

  try {
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      const started = await launch(port);
      if (started.ok) return server(started.process, port, dir, temporary, launch);
      // Between our look and Redis's bind somebody else may have taken the port: only a port of our own choice is changed.
      if (started.kind !== 'port-taken' || options.port !== undefined || attempt === portAttempts) {
        throw startError(started.kind, port, started.log);
      }
    }
  } catch (error) {
    if (temporary) await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

function server(
  first: RedisProcess,
  port: number,
  dir: string,
  temporary: boolean,
  launch: (port: number) => ReturnType<typeof startRedisProcess>,
): RedisServer {
  let running: RedisProcess | undefined = first;
  let pid = first.pid;
  const end = async (how: (process: RedisProcess) => Promise<void>): Promise<void> => {
    const ending = running;
    running = undefined;
    if (ending !== undefined) await how(ending);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return pid;
    },
    async stop() {
      await end((process) => process.terminate(graceMs));
      if (temporary) await rm(dir, { recursive: true, force: true });
    },
    kill: () => end((process) => process.kill()),
    async restart() {
      await end((process) => process.terminate(graceMs));
      const started = await launch(port);
      if (!started.ok) throw startError(started.kind, port, started.log);
      running = started.process;
      pid = running.pid;
    },
  };
}

function redisArguments(options: RedisServerOptions, dir: string, port: number): string[] {
  const appendonly = options.appendonly ?? 'no';
  const settings: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(port),
    dir,
    save: '',
    hz: '100',
    'maxmemory-policy': 'noeviction',
    appendonly: appendonly === 'no' ? 'no' : 'yes',
    ...(appendonly === 'no' ? {} : { appendfsync: appendonly }),
    ...options.extra,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

function whatToInstall(env: Readonly<Record<string, string | undefined>>): string {
  const named = env[redisServerVariable];
  return named === undefined || named === ''
    ? 'No Redis server was found on PATH: install one (Debian or Ubuntu: apt-get install redis-server; macOS: brew install redis) or name its path in EGAIN_BRIDGE_REDIS_SERVER.'
    : `EGAIN_BRIDGE_REDIS_SERVER names ${named}, which is not an executable file: correct it or remove it.`;
}

function startError(kind: 'port-taken' | 'exited' | 'timeout', port: number, log: string): RedisServerError {
  const lastWords = log.trimEnd().split('\n').slice(-3).join('\n');
  const what = {
    'port-taken': `Port ${port} on 127.0.0.1 is taken by another program, so Redis could not start.`,
    exited: `Redis ended while it was starting: ${lastWords}`,
    timeout: `Redis did not answer on port ${port} in time: ${lastWords}`,
  }[kind];
  return new RedisServerError(kind, what);
}
