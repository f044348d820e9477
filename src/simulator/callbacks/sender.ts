/** What is to be delivered, put into lanes in the order the switches ask for; faults strike here (contract 12). */
import { randomUUID } from 'node:crypto';
import type { Conversation, HubMessage } from '../conversations/model.js';
import type { Faults } from '../faults/faults.js';
import type { CallbackFault } from '../faults/rules.js';
import { Courier, type CourierParts } from './courier.js';
import { Lanes } from './lanes.js';
import { callbackRecord, conversationOf, joinParcels, type Letter, type Parcel, parcelOf } from './parcel.js';
import { findTarget } from './target.js';

export interface SenderParts extends CourierParts {
  readonly faults: Faults;
  /** Callbacks under this origin are the simulator's own desk and need no delivery. */
  readonly ownOrigin: () => string;
}

export class CallbackSender {
  readonly #parts: SenderParts;
  readonly #courier: Courier;
  readonly #lanes: Lanes<Parcel>;
  readonly #held = new Map<string, Set<() => void>>();
  #pending = 0;
  #idle: (() => void)[] = [];

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#courier = new Courier(parts);
    this.#lanes = new Lanes((parcels) => this.#carry(parcels));
  }

  /** Messages not yet delivered or given up. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when nothing is waiting, under way or held back. */
  async whenIdle(): Promise<void> {
    while (this.#pending > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Sends messages of one conversation to the customer side, in one request. */
  send(conversation: Conversation, messages: readonly HubMessage[]): void {
    this.sendTogether(messages.map((message) => ({ conversation, message })));
  }

  /** Sends messages, of several conversations even, in one request; faults strike each of them on its own. */
  sendTogether(letters: readonly Letter[]): void {
    this.#send('customer', letters);
  }

  /** A customer's message to the bot or agent in charge, when their callback is not the simulator's own. */
  sendToOtherSide(conversation: Conversation, message: HubMessage): void {
    const side = conversation.phase === 'bot' ? 'bot' : 'agent';
    const target = findTarget(this.#parts.resources, conversation, side);
    if (target === undefined || target.url.startsWith(`${this.#parts.ownOrigin()}/own/`)) return;
    this.#send(side, [{ conversation, message }]);
  }

  /** The next callback fetches a new token where the recipe is OAuth. */
  forgetTokens(): void {
    this.#courier.forgetTokens();
  }

  /** Gives up what is waiting. */
  close(): void {
    this.#courier.close();
    for (const releases of [...this.#held.values()]) for (const release of [...releases]) release();
  }

  #send(side: Parcel['side'], letters: readonly Letter[]): void {
    const unharmed = letters.filter((letter) => {
      const faults = this.#parts.faults.forCallback({
        conversationId: letter.conversation.id,
        messageType: letter.message.type.value,
        body: () => JSON.stringify(letter.message),
      });
      if (faults.length > 0) this.#sendFaulty(parcelOf(side, [letter]), faults);
      return faults.length === 0;
    });
    if (unharmed.length > 0) this.#enqueue(parcelOf(side, unharmed));
  }

  #sendFaulty(plain: Parcel, faults: readonly CallbackFault[]): void {
    let parcel: Parcel = { ...plain, faults: faults.map(({ kind }) => kind).join(' ') };
    let copies = 1;
    let holdMs: number | undefined;
    for (const fault of faults) {
      switch (fault.kind) {
        case 'callback-drop': {
          const fields = { delivery: randomUUID(), attempt: 0, outcome: 'dropped', durationMs: 0 } as const;
          this.#parts.records.add(callbackRecord(parcel, fields));
          return;
        }
        case 'callback-duplicate':
          copies += fault.copies;
          break;
        case 'callback-delay':
          parcel = { ...parcel, delayMs: fault.ms };
          break;
        case 'callback-wrong-authorization':
          parcel = { ...parcel, wrongAuthorization: true };
          break;
        case 'callback-reorder':
          holdMs = fault.maxWaitMs;
          break;
      }
    }
    for (let copy = 0; copy < copies; copy += 1) {
      if (holdMs === undefined) this.#enqueue(parcel);
      else this.#hold(parcel, holdMs);
    }
  }

  /** Keeps a parcel back until another one of its conversation has been put in front of it. */
  #hold(parcel: Parcel, maxWaitMs: number): void {
    const id = conversationOf(parcel)?.id ?? '';
    const releases = this.#held.get(id) ?? new Set();
    this.#held.set(id, releases);
    this.#pending += parcel.letters.length;
    const release = (): void => {
      if (!releases.delete(release)) return;
      clearTimeout(timer);
      if (releases.size === 0) this.#held.delete(id);
      this.#pending -= parcel.letters.length;
      this.#queue(parcel);
    };
    const timer = setTimeout(release, maxWaitMs);
    releases.add(release);
  }

  #enqueue(parcel: Parcel): void {
    this.#queue(parcel);
    for (const release of [...(this.#held.get(conversationOf(parcel)?.id ?? '') ?? [])]) release();
  }

  #queue(parcel: Parcel): void {
    const { callbackOrder, callbackBatch } = this.#parts.switches.current;
    this.#pending += parcel.letters.length;
    const lane = callbackOrder === 'free' ? randomUUID() : (conversationOf(parcel)?.id ?? '');
    this.#lanes.add(`${parcel.side} ${lane}`, parcel, callbackBatch);
  }

  async #carry(parcels: readonly Parcel[]): Promise<void> {
    const parcel = joinParcels(parcels[0]?.side ?? 'customer', parcels);
    await this.#courier.carry(parcel);
    this.#pending -= parcel.letters.length;
    if (this.#pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
