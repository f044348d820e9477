/** Carrying one parcel to its callback: attempts, a new Authorization after a 401, retries, and the mail at the end. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { MovableClock } from '../clock.js';
import type { Random } from '../random.js';
import type { Records } from '../records.js';
import type { Resources } from '../resources/index.js';
import type { SwitchBoard } from '../switches.js';
import { attempt, type AttemptResult } from './attempt.js';
import { type Authorization, CallbackAuthorizations } from './authorization.js';
import { Gate } from './lanes.js';
import { callbackRecord, conversationOf, type Letter, type Parcel } from './parcel.js';
import { findTarget, type Target } from './target.js';
import type { WireLog } from './wire-log.js';

export interface CourierParts {
  readonly clock: MovableClock;
  readonly random: Random;
  readonly switches: SwitchBoard;
  readonly records: Records;
  readonly wire: WireLog;
  readonly resources: Resources;
  readonly dispatcher: Dispatcher;
}

interface Round {
  readonly delivery: string;
  readonly attempt: number;
  readonly last: boolean;
}

export class Courier {
  readonly #parts: CourierParts;
  readonly #authorizations: CallbackAuthorizations;
  readonly #gate: Gate;
  readonly #closing = new AbortController();

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#authorizations = new CallbackAuthorizations(parts.dispatcher, parts.records);
    // One listener for each request and each wait under way: many, and none of them forgotten.
    setMaxListeners(0, this.#closing.signal);
    this.#gate = new Gate(() => parts.switches.current.callbackConcurrency);
  }

  forgetTokens(): void {
    this.#authorizations.forget();
  }

  close(): void {
    this.#closing.abort(new Error('the simulator is closing'));
  }

  async carry(parcel: Parcel): Promise<void> {
    const { switches, resources, records, random } = this.#parts;
    if (parcel.delayMs > 0) await this.#sleep(parcel.delayMs);
    const delivery = randomUUID();
    const conversation = conversationOf(parcel);
    const message = parcel.letters.map((letter) => this.#payload(letter));
    const body = JSON.stringify({ messages: { message } });
    for (let number = 1; !this.#closing.signal.aborted; number += 1) {
      // Looked up each time: the registration may change while a delivery is being tried.
      const target = conversation && findTarget(resources, conversation, parcel.side);
      if (target === undefined) {
        const fields = { delivery, attempt: number, outcome: 'no-callback', durationMs: 0 } as const;
        records.add(callbackRecord(parcel, fields));
        return;
      }
      const { retries, firstDelayMs, factor, maxDelayMs } = switches.current.callbackRetry;
      const last = number > retries;
      if (await this.#round(parcel, target, body, { delivery, attempt: number, last })) return;
      if (last) {
        const subject = `Callback not reachable: ${target.url}`;
        records.add({ kind: 'mail', to: target.notificationEmail, subject });
        return;
      }
      const wait = Math.min(maxDelayMs, firstDelayMs * factor ** (number - 1));
      // Between 75 and 100 % of the step, so that many conversations do not come back in one wave.
      await this.#sleep(wait * (1 - 0.25 * random()));
    }
  }

  /** One attempt, and after a 401 its repeat with a new Authorization. @returns whether it was delivered */
  async #round(parcel: Parcel, target: Target, body: string, round: Round): Promise<boolean> {
    const { switches, clock, records, wire } = this.#parts;
    const { delivery, attempt: number, last } = round;
    let refused: string | undefined;
    for (;;) {
      const wrong = parcel.wrongAuthorization && number === 1 && refused === undefined;
      await this.#gate.enter();
      const began = clock.now();
      const { result, shown } = await this.#once(target, body, refused, wrong);
      this.#gate.leave();
      const renew =
        !result.ok &&
        result.status === 401 &&
        refused === undefined &&
        switches.current.callbackRepeatAfter401;
      const outcome = result.ok ? 'delivered' : renew ? 'renewed' : last ? 'failed' : 'retry';
      const fields = {
        delivery,
        attempt: number,
        url: target.url,
        outcome,
        durationMs: clock.now() - began,
      } as const;
      records.add(
        callbackRecord(parcel, {
          ...fields,
          ...(result.status === undefined ? {} : { status: result.status }),
          ...(result.ok ? {} : { error: result.error }),
        }),
      );
      wire.add({
        delivery,
        attempt: number,
        outcome,
        durationMs: fields.durationMs,
        at: clock.iso(),
        conversationIds: [...new Set(parcel.letters.map(({ conversation }) => conversation.id))],
        request: { url: target.url, headers: result.sent ?? {}, body },
        ...(result.answer === undefined ? {} : { answer: result.answer }),
        ...(result.ok ? {} : { error: result.error }),
      });
      if (!renew) return result.ok;
      refused = shown.ok ? (shown.value ?? '') : '';
    }
  }

  async #once(
    target: Target,
    body: string,
    refused: string | undefined,
    wrong: boolean,
  ): Promise<{ readonly result: AttemptResult; readonly shown: Authorization }> {
    const { dispatcher, switches } = this.#parts;
    const deadlineMs = switches.current.callbackDeadlineMs;
    const shown: Authorization = wrong
      ? { ok: true, value: 'Bearer not-the-right-one' }
      : await this.#authorizations.get(target.authentication, deadlineMs, refused);
    if (!shown.ok) return { result: { ok: false, error: shown.error }, shown };
    const result = await attempt(target, body, {
      dispatcher,
      deadlineMs,
      signal: this.#closing.signal,
      ...(shown.value === undefined ? {} : { authorization: shown.value }),
    });
    return { result, shown };
  }

  #payload({ conversation, message }: Letter): object {
    if (!this.#parts.switches.current.callbackCustomer) return message;
    const { id, address, channelType, customer, conversationContact } = conversation;
    const account = { address, channel: { type: channelType } };
    const contact = conversationContact === undefined ? {} : { conversationContact };
    return { ...message, conversation: { id, account, customer, ...contact } };
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }
}
