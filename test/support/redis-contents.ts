import type { Redis } from 'ioredis';

/** One key with everything in it, as text. `ttl` in milliseconds, -1 = none. */
export interface Content {
  readonly name: string;
  readonly value: string;
  readonly ttl: number;
}

/** Everything a Redis holds, by name. Keys that end while it is read are left out. */
export async function contentsOf(client: Redis): Promise<Content[]> {
  const contents = await Promise.all(
    (await client.keys('*')).sort().map(async (name) => {
      const [value, ttl] = await Promise.all([valueOf(client, name), client.pttl(name)]);
      return ttl === -2 ? [] : [{ name, value: JSON.stringify(value), ttl }];
    }),
  );
  return contents.flat();
}

/** All of it as one text, for proving what is not in it. */
export async function wholeText(client: Redis): Promise<string> {
  return (await contentsOf(client)).map(({ name, value }) => `${name} ${value}`).join('\n');
}

async function valueOf(client: Redis, name: string): Promise<unknown> {
  switch (await client.type(name)) {
    case 'string':
      return client.get(name);
    case 'hash':
      return client.hgetall(name);
    case 'list':
      return client.lrange(name, 0, -1);
    case 'set':
      return (await client.smembers(name)).sort();
    case 'zset':
      return (await client.zrange(name, '0', '-1')).sort();
    case 'stream':
      return (await client.xrange(name, '-', '+')).map(([, fields]) => fields);
    default:
      return null;
  }
}
