/** Two bare HTTP hops: answers at once and posts the body on, in memory only. The floor for what a relay can take. */
import { Pool } from 'undici';
import { listen } from './listen.js';

const pool = new Pool(process.env['PEER_URL'] ?? '', { connections: 100 });

listen((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
    const headers = { 'content-type': 'application/json' };
    pool
      .request({ method: 'POST', path: '/channel', headers, body: Buffer.concat(chunks) })
      .then((answer) => answer.body.dump())
      .catch(() => undefined);
  });
});
