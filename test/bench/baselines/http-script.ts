/**
 * The limit for a durable answer: bare `node:http`, and one script that recognises a repeat and keeps the message. No
 * authentication, no job, no limit of any kind.
 */
import { Redis } from 'ioredis';
import { callbackIds } from './callback-shape.js';
import { listen } from './listen.js';
import { readJson } from './read-json.js';

const keep = `
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', 86400) then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
return 1
`;

const redis = new Redis(process.env['REDIS_URL'] ?? '');
const sha = String(await redis.script('LOAD', keep));

listen((request, response) => {
  readJson(request, (body) => {
    const { id, conversationId } = callbackIds(body);
    redis.evalsha(sha, 2, `mark:${id}`, `lane:${conversationId}`, JSON.stringify(body)).then(
      () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{}');
      },
      () => {
        response.writeHead(503);
        response.end();
      },
    );
  });
});
