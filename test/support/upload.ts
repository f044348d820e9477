import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';

/** The Standard Webhooks headers for a body, by the book and not by our own code. */
export function signedHeaders(secret: string, body: string): Record<string, string> {
  const id = randomUUID();
  const at = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': `v1,${digest}`,
  };
}

export interface Uploaded {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks for a ticket, signed as the channel signs. */
export async function askTicket(askAt: string, secret: string, wish: object): Promise<Uploaded> {
  const body = JSON.stringify(wish);
  const address = `${askAt}/channels/support/assets`;
  const answer = await request(address, { method: 'POST', headers: signedHeaders(secret, body), body });
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
}

/** Sends a file as a form does; `ticket` undefined sends none. */
export async function sendFile(sendTo: string, ticket: unknown, bytes: Buffer): Promise<Uploaded> {
  const boundary = `boundary-${randomUUID()}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`;
  const answer = await request(`${sendTo}/channels/support/assets`, {
    method: 'POST',
    headers: {
      ...(typeof ticket === 'string' ? { authorization: `Bearer ${ticket}` } : {}),
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  });
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
}

/** Asks one web process for a ticket and gives the file to another, as a channel would. */
export async function uploadFile(options: {
  readonly askAt: string;
  readonly sendTo: string;
  readonly secret: string;
  readonly name: string;
  readonly bytes: Buffer;
}): Promise<Uploaded> {
  const { askAt, sendTo, secret, name, bytes } = options;
  const given = await askTicket(askAt, secret, { name, size: bytes.length });
  if (given.status !== 201) return given;
  return sendFile(sendTo, given.body['ticket'], bytes);
}
