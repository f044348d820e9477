import type { Bench } from '../frame/bench.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop } from '../frame/closed-loop.js';
import { measureDrain } from '../frame/drain.js';
import { startPeer } from '../frame/peer-process.js';
import { dataBytes, startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import type { Variant } from '../frame/rounds.js';
import { traffic } from '../frame/traffic.js';

const connections = 50;
const messagesPerLane = 10;
const smallest = 1000;

/** Whether a message costs the same among a thousand as among a million, and what it leaves in Redis. */
export const flat: Bench = {
  what: 'time and Redis memory per message as their number grows (up to --messages, 1000000 for the full picture)',
  plan: ({ messages }) => {
    const sizes: number[] = [];
    for (let size = smallest; size <= messages; size *= 10) sizes.push(size);
    const variants = [
      ...sizes.map((size): Variant => ({
        name: String(size),
        measure: () => measure(size, size / messagesPerLane),
      })),
      { name: `${smallest * 10}-alone-in-lanes`, measure: () => measure(smallest * 10, smallest * 10) },
    ];
    return {
      variants,
      ratios: [4, 5, 6].flatMap((power) => {
        const [top, bottom] = [String(10 ** power), String(smallest)];
        return [
          { top, bottom, figure: 'acceptMicros', atMost: 1.2 },
          { top, bottom, figure: 'drainMicros', atMost: 1.2 },
          { top, bottom, figure: 'waitingBytes', atMost: 1.2 },
        ];
      }),
      notes: () => [
        `${messagesPerLane} messages per lane, inbound. Budgets: a waiting message at most 2,048 bytes, 3,072 alone in its lane;`,
        'a delivered one leaves at most 480 (mark and journey) plus its share of an idle customer of at most 1,024.',
      ],
    };
  },
};

async function measure(messages: number, lanes: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer());
    const common = { redisUrl: redis.url, peerUrl: peer.url };
    const web = await resources.use(startBridge({ ...common, role: 'web' }));
    const target = traffic('inbound', web.port, lanes);
    const empty = await dataBytes(redis);
    const { perSecond } = await closedLoop(target, { connections, amount: messages });
    const waiting = await dataBytes(redis);
    const worker = await resources.use(startBridge({ ...common, role: 'worker' }));
    const drained = await measureDrain({ worker, peer, redis, total: messages });
    await worker.stop();
    const left = await dataBytes(redis);
    return {
      acceptMicros: 1e6 / perSecond,
      drainMicros: 1e6 / drained.perSecond,
      waitingBytes: (waiting - empty) / messages,
      leftBytes: (left - empty) / messages,
    };
  });
}
