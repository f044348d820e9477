import { Redis } from 'ioredis';
import { createTokenSource } from '../../src/egain/token/token-source.js';

/** One process of several: asks for a token `count` times at once and prints what it got. */
const [, , port, url, count] = process.argv;
const redis = new Redis(Number(port), '127.0.0.1');
const source = createTokenSource({
  redis,
  keyPrefix: 'children:',
  url: url ?? '',
  clientId: 'client-1',
  credentials: { method: 'form', clientSecret: 'a-secret-of-24-characters' },
});
const tokens = await Promise.all(Array.from({ length: Number(count) }, () => source.get()));
process.stdout.write(JSON.stringify([...new Set(tokens)]));
source.close();
redis.disconnect();
