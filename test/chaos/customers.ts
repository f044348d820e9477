import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';
import { seededRandom, type Random } from '../../src/simulator/random.js';
import { timing, type ChaosSettings, type FaultName } from './settings.js';

/** One message of a customer, from the sender's side. Times in milliseconds since 1970. */
export interface SentByCustomer {
  readonly id: string;
  readonly customer: string;
  readonly number: number;
  /** The first request with it. */
  readonly triedAt: number;
  /** First 2xx. */
  readonly acceptedAt: number;
  /** Requests it took, the last one included. */
  readonly tries: number;
  readonly status: 'accepted' | 'duplicate';
}

export function customerName(index: number): string {
  return `c${String(index).padStart(4, '0')}`;
}

/** How often a sender does each of these, where its family is chosen. */
const shares = { drop: 0.02, duplicate: 0.05, reorder: 0.1, clock: 0.01 } as const;
/** How many requests are signed with a time outside the tolerance, so that they have to be refused. */
const staleShare = 0.004;

interface Manners {
  /** The answer is not waited for. */
  readonly deaf?: boolean;
  /** Seconds the signature's time is off. */
  readonly offsetSeconds?: number;
}

/** As a channel's own sender works: one message of a customer after the other, each repeated under its id until 2xx. */
export class CustomersSender {
  readonly sent: SentByCustomer[] = [];
  /** Answers that say "never": there must be none. */
  readonly refused: string[] = [];
  /** How the requests ended: status, or why there was none. */
  readonly endings = new Map<string, number>();
  /** How often senders misbehaved, by family. */
  readonly misbehaved = new Map<FaultName, number>();
  readonly #pool: Pool;
  readonly #signer: Webhook;
  readonly #faults: ReadonlySet<FaultName>;

  constructor(url: string, secret: string, faults: ReadonlySet<FaultName>) {
    this.#pool = new Pool(url, { connections: 64 });
    this.#signer = new Webhook(secret);
    this.#faults = faults;
  }

  /** Every customer writes its messages, spread over `overMs`. Resolves when all were acknowledged. @throws when told to stop. */
  async writeAll(settings: ChaosSettings, overMs: number, stop: AbortSignal): Promise<void> {
    const pause = overMs / settings.messages;
    const began = Date.now();
    await Promise.all(
      Array.from({ length: settings.customers }, async (_, index) => {
        const random = seededRandom(settings.seed + 7919 * (index + 1));
        const write = (number: number): Promise<void> =>
          this.#untilTaken(customerName(index), number, random, stop);
        for (let number = 1; number <= settings.messages; number += 1) {
          // By the clock, so that what an outage kept back is caught up with after it.
          await sleep(Math.max(0, began + pause * (number - 1 + random()) - Date.now()));
          if (number < settings.messages && this.#does('reorder', random)) {
            await write(number + 1);
            await write(number);
            number += 1;
          } else await write(number);
        }
      }),
    );
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  #does(family: keyof typeof shares, random: Random, share: number = shares[family]): boolean {
    if (!this.#faults.has(family) || random() >= share) return false;
    this.misbehaved.set(family, (this.misbehaved.get(family) ?? 0) + 1);
    return true;
  }

  async #untilTaken(customer: string, number: number, random: Random, stop: AbortSignal): Promise<void> {
    const id = `in-${customer}-${number}`;
    const triedAt = Date.now();
    for (let tries = 1; ; tries += 1) {
      // A clock of years ago, or to come: nothing may depend on what a customer's device says.
      const sentAt = this.#faults.has('clock')
        ? { sentAt: new Date(triedAt + (random() - 0.5) * 2e11).toISOString() }
        : {};
      const message = { id, type: 'text', customer: { id: customer }, text: `${number}`, ...sentAt };
      const stale = this.#does('clock', random, staleShare);
      const offsetSeconds = stale ? -3600 : this.#does('clock', random) ? 200 : 0;
      if (this.#does('duplicate', random)) void this.#post(message, {});
      const answer = await this.#post(message, { deaf: this.#does('drop', random), offsetSeconds });
      if (answer !== undefined && answer.status < 300) {
        const status = answer.body.includes('duplicate') ? 'duplicate' : 'accepted';
        this.sent.push({ id, customer, number, triedAt, acceptedAt: Date.now(), tries, status });
        return;
      }
      const again = answer === undefined || answer.status >= 500 || (stale && answer.status === 401);
      if (!again) {
        this.refused.push(`${id}: ${answer.status} ${answer.body}`);
        return;
      }
      await sleep(200 + 400 * random(), undefined, { signal: stop });
    }
  }

  /** Undefined when there was no answer. */
  async #post(
    message: object,
    { deaf = false, offsetSeconds = 0 }: Manners,
  ): Promise<{ readonly status: number; readonly body: string } | undefined> {
    const body = JSON.stringify(message);
    const delivery = randomUUID();
    const at = new Date(Date.now() + offsetSeconds * 1000);
    try {
      const answer = await this.#pool.request({
        path: '/channels/support/webhook',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': delivery,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': this.#signer.sign(delivery, at, body),
        },
        body,
        signal: AbortSignal.timeout(deaf ? 3 : timing.senderTimeoutMs),
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
