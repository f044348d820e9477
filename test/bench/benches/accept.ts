import * as z from 'zod';
import type { Bench } from '../frame/bench.js';
import { callbackBody, callbackHeaders, conversation } from '../frame/bodies.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop, type Target } from '../frame/closed-loop.js';
import { openLoop } from '../frame/open-loop.js';
import { redisCpuMicros, startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import type { Variant } from '../frame/rounds.js';
import { startSubject, type Subject } from '../frame/subject.js';

const connections = 50;
const warmUpSeconds = 2;
const conversations = 1000;
/** Nobody answers there: acceptance asks nobody. */
const nowhere = 'http://127.0.0.1:9';

interface Server {
  readonly subject: Subject;
  readonly port: number;
}
type Start = (redisUrl: string) => Promise<Server>;

const baseline =
  (name: string): Start =>
  async (redisUrl) => {
    const file = new URL(`../baselines/${name}.js`, import.meta.url);
    const subject = startSubject(file, { env: { REDIS_URL: redisUrl } });
    const { port } = await subject.message(z.object({ port: z.number() }));
    return { subject, port };
  };

const encryption = { keys: [{ id: 'bench', key: Buffer.alloc(32, 5).toString('base64') }] };

const bridge =
  (how: { readonly direct?: boolean; readonly encrypted?: boolean } = {}): Start =>
  async (redisUrl) => {
    const { direct = true, encrypted = false } = how;
    const sections = encrypted ? { redis: { url: redisUrl, encryption } } : {};
    const subject = await startBridge({ role: 'web', redisUrl, peerUrl: nowhere, direct, sections });
    return { subject, port: subject.port };
  };

const servers: readonly { readonly name: string; readonly start: Start; readonly calm?: boolean }[] = [
  { name: 'bridge', start: bridge(), calm: true },
  { name: 'bridge-encrypted', start: bridge({ encrypted: true }) },
  { name: 'bridge-express', start: bridge({ direct: false }) },
  { name: 'http', start: baseline('http') },
  { name: 'http-script', start: baseline('http-script') },
  { name: 'express', start: baseline('express') },
  { name: 'express-add', start: baseline('express-add') },
];

/** How many callbacks of 1 KB a server acknowledges, each with an id of its own, over 50 connections. */
export const accept: Bench = {
  what: 'callbacks acknowledged per second, against bare node:http and Express',
  plan: ({ seconds }) => ({
    variants: servers.map(({ name, start, calm = false }): Variant => ({
      name,
      measure: () => measure(start, seconds, calm),
    })),
    ratios: [
      { top: 'bridge', bottom: 'express-add', figure: 'perSecond', atLeast: 3 },
      { top: 'bridge', bottom: 'http-script', figure: 'perSecond', atLeast: 0.75 },
      { top: 'bridge-encrypted', bottom: 'bridge', figure: 'perSecond' },
      { top: 'bridge-express', bottom: 'express-add', figure: 'perSecond' },
    ],
    notes: () => [
      'p99At70PercentMs: at 70 % of the peak just measured, open loop; the budget is 50 ms.',
      'bridge-encrypted: the same bridge with redis.encryption.keys.',
      'http and express keep nothing; http-script is the limit for a durable answer.',
    ],
  }),
};

async function measure(start: Start, seconds: number, calm: boolean): Promise<Figures> {
  const redis = await startMeasuredRedis({ rewrites: false });
  try {
    const { subject, port } = await start(redis.url);
    try {
      const target = callbacks(port);
      await closedLoop(target, { connections, seconds: warmUpSeconds });
      const before = await subject.usage();
      const redisBefore = await redisCpuMicros(redis);
      const { accepted, perSecond, p50Ms, p99Ms } = await closedLoop(target, { connections, seconds });
      const after = await subject.usage();
      const redisAfter = await redisCpuMicros(redis);
      const figures = {
        perSecond,
        p50Ms,
        p99Ms,
        cpuMicrosPerMessage: (after.cpuMicros - before.cpuMicros) / accepted,
        redisMicrosPerMessage: (redisAfter - redisBefore) / accepted,
      };
      if (!calm) return figures;
      const rate = { connections, seconds, perSecond: Math.round(perSecond * 0.7) };
      return { ...figures, p99At70PercentMs: (await openLoop(target, rate)).p99Ms };
    } finally {
      await subject.stop();
    }
  } finally {
    await redis.stop();
  }
}

function callbacks(port: number): Target {
  let turn = 0;
  return {
    port,
    path: '/egain/callback',
    headers: callbackHeaders,
    next: () => {
      turn = (turn + 1) % conversations;
      return { body: callbackBody(conversation(turn)) };
    },
  };
}
