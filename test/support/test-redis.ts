import { Redis, type RedisOptions } from 'ioredis';
import {
  type RedisServer,
  type RedisServerOptions,
  startRedisServer,
} from '../../src/operations/redis-server.js';

/** A different mapping of replies would change the type of every answer. */
type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** A Redis for one test, or one test file, and the connections that were made to it. */
export interface TestRedis extends RedisServer {
  /** A connection that `stop` closes; `maxRetriesPerRequest: null`, so that BullMQ takes it too. */
  client(options?: ClientOptions): Redis;
}

/** Starts a Redis of its own on a free port; call `stop` when done. */
export async function startTestRedis(options: RedisServerOptions = {}): Promise<TestRedis> {
  const server = await startRedisServer(options);
  const clients: Redis[] = [];
  return {
    url: server.url,
    port: server.port,
    dir: server.dir,
    get pid() {
      return server.pid;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    client(clientOptions: ClientOptions = {}) {
      const client = new Redis(server.url, { maxRetriesPerRequest: null, ...clientOptions });
      // A test that takes Redis away expects its connections to complain; what they answer is what it looks at.
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients.splice(0)) client.disconnect();
      await server.stop();
    },
  };
}
