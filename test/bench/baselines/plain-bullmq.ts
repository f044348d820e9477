/**
 * One BullMQ job per message and one worker that posts it on: the same HTTP client, pool and concurrency as the bridge,
 * none of its order, duplicates, gates or records.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import * as z from 'zod';

const concurrency = 100;
const job = z.object({ path: z.string(), body: z.string() });
const pool = new Pool(process.env['PEER_URL'] ?? '', { connections: concurrency });

const worker = new Worker(
  'deliver',
  async ({ data }) => {
    const { path, body } = job.parse(data);
    const headers = { 'content-type': 'application/json' };
    const answer = await pool.request({ method: 'POST', path, headers, body });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`answered ${answer.statusCode}`);
  },
  {
    concurrency,
    connection: new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null }),
    removeOnComplete: { count: 0 },
  },
);
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
process.on('SIGTERM', () => process.exit(0));
