import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Subject } from '../frame/subject.js';

/** Somebody else's program doing the same hop: takes a callback, posts it to the peer. */
export interface PeerRelay {
  readonly name: string;
  /** Product and version, for the report. */
  readonly about: string;
  readonly path: string;
  start(peerUrl: string): Promise<{ readonly subject: Subject; readonly port: number }>;
}

const startMs = 120_000;

/** Waits until the relay carries a first message. */
export async function answering(subject: Subject, port: number, path: string): Promise<void> {
  let ended: string | undefined;
  void subject.ended.then((log) => (ended = log));
  const deadline = performance.now() + startMs;
  while (ended === undefined && performance.now() < deadline) {
    const status = await request(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }).then(
      async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      },
      () => 0,
    );
    if (status === 200) return;
    await sleep(200);
  }
  await subject.stop();
  throw new Error(`The relay does not answer on ${path}:\n${ended ?? (await subject.ended)}`);
}
