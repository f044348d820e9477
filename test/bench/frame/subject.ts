import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { pin } from './pinning.js';

const usageReply = z.object({ usage: z.object({ cpuMicros: z.number(), rssBytes: z.number() }) });
export type Usage = z.infer<typeof usageReply>['usage'];

/** A process under measurement. */
export interface Subject {
  readonly pid: number;
  usage(): Promise<Usage>;
  /** The next message it sends that fits; fails when the process ends first. */
  message<T>(schema: z.ZodType<T>): Promise<T>;
  send(message: string): void;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with its last output when it is gone. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
}

const probe = new URL('./probe.js', import.meta.url).href;
const graceMs = 15_000;

/** Where processor profiles of the measured processes go, for Chrome's DevTools; unset = none are taken. */
const profileFolder = process.env['BENCH_PROFILES'];
const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];

/** Starts a built program of this folder, or the product's own, on the core for `part`. */
export function startSubject(
  file: URL,
  options: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly part?: 'server' | 'load';
  } = {},
): Subject {
  const child = fork(fileURLToPath(file), options.args ?? [], {
    execArgv: [...((options.part ?? 'server') === 'server' ? profiling : []), '--import', probe],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file.pathname} could not be started`);
  pin(pid, options.part ?? 'server');
  let log = '';
  const keep = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-4_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = once(child, 'exit').then(() => log);

  const message = <T>(schema: z.ZodType<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const listen = (received: unknown): void => {
        const fitting = schema.safeParse(received);
        if (!fitting.success) return;
        child.off('message', listen);
        resolve(fitting.data);
      };
      child.on('message', listen);
      void ended.then(() => reject(new Error(`${file.pathname} ended:\n${log}`)));
    });

  return {
    pid,
    ended,
    message,
    send: (text) => void child.send(text),
    signal: (signal) => void child.kill(signal),
    async usage() {
      const reply = message(usageReply);
      child.send('usage');
      return (await reply).usage;
    },
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
