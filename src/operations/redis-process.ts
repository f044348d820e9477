import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Redis runs as the child of a small shell that waits for its own standard input to end. That happens when we close it
 * and also when this process dies in any way whatever, SIGKILL included, so no server is ever left behind. As the
 * shell has not yet reaped its child, the process id it signals cannot have become somebody else's.
 * $1: folder to remove when the server was ended by the loss of its owner, or empty; the rest: the command.
 */
const guardian = `
folder=$1; shift
"$@" </dev/null &
server=$!
echo "pid $server"
exec >/dev/null 2>&1
read -r order
kill -TERM "$server"; kill -CONT "$server"
wait "$server"
if [ "$order" != keep ] && [ -n "$folder" ]; then rm -rf -- "$folder"; fi
`;

/** How a start ended when it did not succeed; `port-taken` is worth another try on another port. */
export type StartFailure = { readonly kind: 'port-taken' | 'exited' | 'timeout'; readonly log: string };
export type Started =
  { readonly ok: true; readonly process: RedisProcess } | ({ readonly ok: false } & StartFailure);

export interface RedisProcess {
  readonly pid: number;
  /** SIGTERM (Redis writes out its AOF), then SIGKILL after `graceMs`; resolves when the process is gone. */
  terminate(graceMs: number): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const logTail = 4_000;

/**
 * Starts `binary` with `args` and waits until it has bound its port, loaded its data and answers PING.
 * `removeWhenOrphaned`: a folder that goes with the server when this process dies; `''` for none.
 */
export async function startRedisProcess(
  binary: string,
  args: readonly string[],
  port: number,
  removeWhenOrphaned: string,
  timeoutMs: number,
): Promise<Started> {
  const child = spawn('/bin/sh', ['-c', guardian, 'redis-guardian', removeWhenOrphaned, binary, ...args], {
    // Its own process group: Ctrl-C in a terminal must not stop Redis while the bridge still drains into it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-logTail);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  // Writing to a guardian that is already gone is not an error worth a crash: its `exit` says all there is to say.
  child.stdin.on('error', () => undefined);
  // The shell has closed its own standard output, so the end of this stream is the end of Redis.
  const gone = once(child.stdout, 'close').then(() => undefined);
  const left = once(child, 'close').then(() => undefined);

  const state = { gone: false, pid: 0 };
  void gone.then(() => (state.gone = true));
  const deadline = Date.now() + timeoutMs;
  while (!state.gone && Date.now() < deadline) {
    state.pid ||= Number(/^pid (\d+)$/m.exec(log)?.[1] ?? 0);
    // The log line proves that it is our server which holds the port, PING that it is done loading.
    if (state.pid > 0 && log.includes('Ready to accept connections') && (await answersPing(port))) {
      holdOpen(child, false);
      return { ok: true, process: handle(child, state.pid, gone, left) };
    }
    await Promise.race([gone, sleep(10)]);
  }
  child.stdin.end('keep\n');
  await left;
  if (!state.gone) return { ok: false, kind: 'timeout', log };
  return { ok: false, kind: /Address already in use/i.test(log) ? 'port-taken' : 'exited', log };
}

function handle(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  gone: Promise<void>,
  left: Promise<void>,
): RedisProcess {
  const release = async (): Promise<void> => {
    child.stdin.end('keep\n');
    await left;
  };
  const kill = async (): Promise<void> => {
    holdOpen(child, true);
    if (child.exitCode === null) process.kill(pid, 'SIGKILL');
    await gone;
    await release();
  };
  return {
    pid,
    kill,
    async terminate(graceMs) {
      holdOpen(child, true);
      const timer = setTimeout(() => void kill(), graceMs);
      await release();
      clearTimeout(timer);
    },
  };
}

/** Whether the server keeps this process from ending by itself: only while somebody waits for it. */
function holdOpen(child: ChildProcessWithoutNullStreams, hold: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    if (part === child || part instanceof Socket) part[hold ? 'ref' : 'unref']();
  }
}

/** True when a Redis on this loopback port answers (an error such as NOAUTH is an answer too, LOADING is not). */
export function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (chunk) => finish(/^(\+PONG|-NOAUTH)/.test(chunk.toString('latin1'))));
    socket.on('close', () => finish(false));
  });
}
