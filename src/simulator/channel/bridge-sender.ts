import { randomUUID } from 'node:crypto';
import type { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';

/** A message as the sample channel's customers send it: `id` is made up and `type` is `text` unless given. */
export interface CustomerMessage {
  readonly id?: string;
  readonly type?: string;
  readonly customer: { readonly id: string; readonly [field: string]: unknown };
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface SentMessage {
  readonly id: string;
  readonly status: number;
  /** The bridge's answer, usually JSON. */
  readonly body: string;
}

/** For tests of the bridge's defences: the delivery's own id, the time it claims (milliseconds), another signature. */
export interface SendOptions {
  readonly deliveryId?: string;
  readonly at?: number;
  readonly signature?: string;
}

/** Posts customers' messages to the bridge, signed. */
export class BridgeSender {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly signer: Webhook;

  constructor(bridgeUrl: string, channel: string, signer: Webhook) {
    const url = new URL(`/channels/${encodeURIComponent(channel)}/webhook`, bridgeUrl);
    this.pool = new Pool(url.origin, { connections: 64 });
    this.path = url.pathname;
    this.signer = signer;
  }

  async send(message: CustomerMessage, options: SendOptions = {}): Promise<SentMessage> {
    const id = message.id ?? randomUUID();
    const body = JSON.stringify({ type: 'text', ...message, id });
    const deliveryId = options.deliveryId ?? randomUUID();
    const at = new Date(options.at ?? Date.now());
    const answer = await this.pool.request({
      path: this.path,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': deliveryId,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': options.signature ?? this.signer.sign(deliveryId, at, body),
      },
      body,
    });
    return { id, status: answer.statusCode, body: await answer.body.text() };
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
