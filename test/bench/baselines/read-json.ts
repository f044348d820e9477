import type { IncomingMessage } from 'node:http';

/** The least a server has to do with a JSON body, without any of the care a real one takes. */
export function readJson(request: IncomingMessage, done: (body: unknown) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    done(JSON.parse(bytes.toString('utf8')));
  });
}
