import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { startSubject } from './subject.js';

const ready = z.object({ port: z.number() });
const countReply = z.object({ count: z.number() });
const done = z.object({ done: z.literal(true) });
const stateReply = z.object({
  state: z.object({
    /** When each message came, in milliseconds on the peer's own clock. */
    atMs: z.array(z.number()),
    /** How long each was on its way, in milliseconds. */
    waysMs: z.array(z.number()),
    /** The same without the one hot customer's. */
    calmWaysMs: z.array(z.number()),
    /** Only with `track`. */
    distinct: z.number().optional(),
    repeats: z.number().optional(),
    outOfOrder: z.number().optional(),
    longestSilenceMs: z.number().optional(),
  }),
});
export type PeerState = z.infer<typeof stateReply>['state'];

/** The loopback peer as the measurement sees it. */
export interface Peer {
  readonly url: string;
  count(): Promise<number>;
  state(): Promise<PeerState>;
  reset(): Promise<void>;
  /** Waits until it has had this many; fails when none arrives for `quietMs`. */
  received(count: number, quietMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startPeer(
  options: { readonly delayMs?: number; readonly track?: boolean } = {},
): Promise<Peer> {
  const subject = startSubject(new URL('./peer.js', import.meta.url), {
    env: {
      PEER_DELAY_MS: String(options.delayMs ?? 0),
      ...(options.track === true ? { PEER_TRACK: '1' } : {}),
    },
    part: 'load',
  });
  const { port } = await subject.message(ready);
  const count = async (): Promise<number> => {
    const reply = subject.message(countReply);
    subject.send('count');
    return (await reply).count;
  };
  const state = async (): Promise<PeerState> => {
    const reply = subject.message(stateReply);
    subject.send('state');
    return (await reply).state;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    count,
    state,
    async reset() {
      const reply = subject.message(done);
      subject.send('reset');
      await reply;
    },
    async received(wanted, quietMs = 20_000) {
      let [seen, seenAt] = [-1, performance.now()];
      for (;;) {
        const now = await count();
        if (now >= wanted) return;
        if (now > seen) [seen, seenAt] = [now, performance.now()];
        if (performance.now() - seenAt > quietMs) {
          throw new Error(`The peer has had ${now} of ${wanted} messages and no more are coming.`);
        }
        await sleep(20);
      }
    },
    stop: () => subject.stop(),
  };
}
