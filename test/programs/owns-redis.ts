/** Starts a Redis, says where it is in one JSON line, and then only lives: for tests of what an owner leaves behind. */
import { startRedisServer } from '../../src/operations/redis-server.js';

const { url, port, pid, dir } = await startRedisServer();
process.stdout.write(`${JSON.stringify({ url, port, pid, dir })}\n`);
if (process.argv.includes('--stay')) setInterval(() => undefined, 60_000);
