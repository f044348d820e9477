/** What most would write: Express, its JSON parser and one `queue.add`. No duplicates seen, no order, no authentication. */
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { listen } from './listen.js';

const queue = new Queue('deliver', {
  connection: new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null }),
});
const app = express();
app.use(express.json());
app.post('/egain/callback', async (request, response) => {
  const body: unknown = request.body;
  await queue.add('deliver', body, { removeOnComplete: true });
  response.json({});
});
listen((request, response) => void app(request, response));
