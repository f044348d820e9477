import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';
import { seededRandom, type Random } from '../../src/simulator/random.js';
import { timing, type ChaosSettings } from './settings.js';

/** One message of a customer, from the sender's side. */
export interface SentByCustomer {
  readonly id: string;
  readonly customer: string;
  readonly number: number;
  /** First 2xx, in milliseconds since 1970. */
  readonly acceptedAt: number;
  /** Requests it took, the last one included. */
  readonly tries: number;
  readonly status: 'accepted' | 'duplicate';
}

export function customerName(index: number): string {
  return `c${String(index).padStart(4, '0')}`;
}

/** As a channel's own sender works: one message of a customer after the other, each repeated under its id until 2xx. */
export class CustomersSender {
  readonly sent: SentByCustomer[] = [];
  /** Answers that say "never": there must be none. */
  readonly refused: string[] = [];
  /** How the requests ended: status, or why there was none. */
  readonly endings = new Map<string, number>();
  readonly #pool: Pool;
  readonly #signer: Webhook;

  constructor(url: string, secret: string) {
    this.#pool = new Pool(url, { connections: 64 });
    this.#signer = new Webhook(secret);
  }

  /** Every customer writes its messages, spread over `overMs`. Resolves when all were acknowledged. */
  async writeAll(settings: ChaosSettings, overMs: number): Promise<void> {
    const pause = overMs / settings.messages;
    await Promise.all(
      Array.from({ length: settings.customers }, async (_, index) => {
        const random = seededRandom(settings.seed + 7919 * (index + 1));
        for (let number = 1; number <= settings.messages; number += 1) {
          await sleep(pause * 2 * random());
          await this.#untilTaken(customerName(index), number, random);
        }
      }),
    );
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #untilTaken(customer: string, number: number, random: Random): Promise<void> {
    const id = `in-${customer}-${number}`;
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#post({ id, type: 'text', customer: { id: customer }, text: `${number}` });
      if (answer !== undefined && answer.status < 300) {
        const status = answer.body.includes('duplicate') ? 'duplicate' : 'accepted';
        this.sent.push({ id, customer, number, acceptedAt: Date.now(), tries, status });
        return;
      }
      if (answer !== undefined && answer.status < 500) {
        this.refused.push(`${id}: ${answer.status} ${answer.body}`);
        return;
      }
      await sleep(200 + 400 * random());
    }
  }

  /** Undefined when there was no answer. */
  async #post(message: object): Promise<{ readonly status: number; readonly body: string } | undefined> {
    const body = JSON.stringify(message);
    const delivery = randomUUID();
    const now = new Date();
    try {
      const answer = await this.#pool.request({
        path: '/channels/support/webhook',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': delivery,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': this.#signer.sign(delivery, now, body),
        },
        body,
        signal: AbortSignal.timeout(timing.senderTimeoutMs),
      });
      const text = await answer.body.text();
      this.#count(String(answer.statusCode));
      return { status: answer.statusCode, body: text };
    } catch (error) {
      this.#count(error instanceof Error ? error.name : 'unknown');
      return undefined;
    }
  }

  #count(ending: string): void {
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
  }
}
