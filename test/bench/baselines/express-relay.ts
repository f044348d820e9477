/** The relay people write first: Express, one `fetch` per message, and the answer when that has come back. */
import express from 'express';
import { listen } from './listen.js';

const peer = process.env['PEER_URL'] ?? '';
const app = express();
app.use(express.json());
app.post('/egain/callback', async (request, response) => {
  const body: unknown = request.body;
  const answer = await fetch(`${peer}/channel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.text();
  response.status(answer.ok ? 200 : 502).json({});
});
listen((request, response) => void app(request, response));
