import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/simulator/random.js';
import type { Simulator } from '../../src/simulator/index.js';
import { customerName } from './customers.js';
import type { ChaosSettings } from './settings.js';

/** One message of an agent. */
export interface SentByAgent {
  /** The hub's id. */
  readonly id: string;
  readonly customer: string;
  readonly number: number;
  readonly conversationId: string;
}

/** Agents answer into the conversation that the customer's messages go to at that moment. */
export class AgentsDesk {
  readonly sent: SentByAgent[] = [];
  readonly #simulator: Simulator;
  readonly #current = new Map<string, string>();
  #read = 0;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** For every customer as many messages as the customer writes. Resolves when all are with the hub. @throws when told to stop. */
  async answerAll(settings: ChaosSettings, overMs: number, stop: AbortSignal): Promise<void> {
    const pause = overMs / settings.messages;
    const began = Date.now();
    await Promise.all(
      Array.from({ length: settings.customers }, async (_, index) => {
        const random = seededRandom(settings.seed + 104_729 * (index + 1));
        const customer = customerName(index);
        for (let number = 1; number <= settings.messages; number += 1) {
          await sleep(Math.max(0, began + pause * (number - 1 + random()) - Date.now()));
          const conversationId = await this.#conversationOf(customer, stop);
          const outcome = this.#simulator.control.act(conversationId, {
            do: 'text',
            text: `${number}`,
            messageId: `out-${customer}-${number}`,
          });
          const id = outcome.ok ? outcome.messages[0]?.id : undefined;
          if (id === undefined) throw new Error(`the hub did not take message ${number} to ${customer}`);
          this.sent.push({ id, customer, number, conversationId });
        }
      }),
    );
  }

  async #conversationOf(customer: string, stop: AbortSignal): Promise<string> {
    for (;;) {
      this.#catchUp();
      const found = this.#current.get(customer);
      if (found !== undefined) return found;
      await sleep(100, undefined, { signal: stop });
    }
  }

  #catchUp(): void {
    for (const record of this.#simulator.records(this.#read)) {
      this.#read = record.sequence;
      if (record.kind !== 'message' || record.direction !== 'inbound' || record.duplicate) continue;
      const customer = /^in-(c\d+)-/.exec(record.messageId ?? '')?.[1];
      if (customer !== undefined) this.#current.set(customer, record.conversationId);
    }
  }
}
