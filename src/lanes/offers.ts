import type { KeptOffer, Offer, OfferState } from '../messages/choices/offer.js';
import { usualOpenMs } from '../messages/choices/offer.js';
import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';
import type { Holding } from './lanes.js';
import { runScript } from './scripts.js';
import { seal, unseal } from './sealed.js';

/** Per customer; nobody scrolls back further. */
const mostOffers = 5;

const stampLength = 13;

const offerPlace = (lane: string): string => `offer ${lane}`;

/**
 * What customers were offered to choose from, beside the lane of what they answer, and forgotten with it. What stood on
 * the buttons is an agent's text, so it is sealed: Redis alone does not tell it (I13).
 */
export class Offers {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #rememberedMs: number;

  /** `openMs`: how long an offer can be answered. */
  constructor(redis: RedisClient, keys: Keyspace, openMs = usualOpenMs) {
    this.#redis = redis;
    this.#keys = keys;
    // Once it is over an offer is remembered as long again, so that a late tap still says what was on the button.
    this.#rememberedMs = 2 * Math.max(openMs, usualOpenMs);
  }

  /** Must be kept before the customer can see it: what is accepted later may be its answer. Idempotent. */
  async keep(channel: string, customerId: string, offer: Offer): Promise<void> {
    const lane = this.#keys.inboundLane(channel, customerId);
    const { key, ...rest } = offer;
    const own = seal('offer', this.#keys.offerSecret(channel, customerId), JSON.stringify(rest));
    const text = this.#keys.atRest.seal(offerPlace(lane), own);
    await runScript(
      this.#redis,
      'keep-offer',
      this.#tagOf(lane),
      lane,
      key,
      text,
      this.#rememberedMs,
      mostOffers,
    );
  }

  /** Every offer the customer is remembered to have had. */
  async of(channel: string, customerId: string): Promise<KeptOffer[]> {
    const lane = this.#keys.inboundLane(channel, customerId);
    const secret = this.#keys.offerSecret(channel, customerId);
    const fields = await this.#redis.hgetall(`${this.#tagOf(lane)}:o:${lane}`);
    const open = (text: string): string => this.#keys.atRest.open(offerPlace(lane), text);
    return Object.entries(fields).flatMap(([field, value]): KeptOffer[] => {
      if (!field.startsWith('o')) return [];
      const key = field.slice(1);
      const state = fields[`s${key}`];
      return [
        {
          key,
          ...(JSON.parse(unseal('offer', secret, open(value.slice(stampLength)))) as Omit<Offer, 'key'>),
          at: Number(value.slice(0, stampLength)),
          state: state === undefined ? {} : (JSON.parse(open(state)) as OfferState),
        },
      ];
    });
  }

  /** What has become of an offer; only as the inbound lane's owner. */
  async settle(holding: Holding, key: string, state: OfferState): Promise<'kept' | 'fenced'> {
    const { lane, owner } = holding;
    const text = this.#keys.atRest.seal(offerPlace(lane), JSON.stringify(state));
    const answer = await runScript(this.#redis, 'settle-offer', this.#tagOf(lane), lane, owner, key, text);
    return answer === 'kept' ? 'kept' : 'fenced';
  }

  #tagOf(lane: string): string {
    return this.#keys.tag(this.#keys.shardOf(lane));
  }
}
