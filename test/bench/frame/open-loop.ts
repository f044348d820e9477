import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { LoadResult, Target } from './closed-loop.js';
import { percentile } from './statistics.js';

/**
 * Requests at a fixed rate, whatever the answers do. A time runs from the moment a request was due, so that a server
 * that stalls is charged for those it kept waiting.
 */
export async function openLoop(
  target: Target,
  options: { readonly connections: number; readonly seconds: number; readonly perSecond: number },
): Promise<LoadResult> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, {
    connections: options.connections,
    pipelining: 1,
  });
  const times: number[] = [];
  const failures: unknown[] = [];
  const open = new Set<Promise<void>>();
  const total = Math.round(options.perSecond * options.seconds);
  const started = performance.now();
  const due = (index: number): number => started + (index * 1000) / options.perSecond;

  const send = async (at: number): Promise<void> => {
    const { body, headers } = target.next();
    const answer = await pool.request({
      method: 'POST',
      path: target.path,
      headers: { ...target.headers, ...headers },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`answered ${answer.statusCode}`);
    times.push(performance.now() - at);
  };

  for (let index = 0; index < total; index += 1) {
    const at = due(index);
    const wait = at - performance.now();
    if (wait > 1) await sleep(wait);
    else if (index % 16 === 0) await nextTurn();
    const request = send(at)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => open.delete(request));
    open.add(request);
  }
  await Promise.all(open);
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  if (failures.length > 0) throw new Error(`${failures.length} requests failed`, { cause: failures[0] });
  return {
    accepted: times.length,
    perSecond: times.length / seconds,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  };
}
