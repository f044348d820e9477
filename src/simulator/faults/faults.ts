/** The rules in force, and the choice of what strikes a call. */
import type { Random } from '../random.js';
import { type CallbackFault, type Fault, type FaultInput, faultSchema, isCallbackFault } from './rules.js';
import type { RequestFault } from './rules.js';

export interface FaultStatus {
  readonly id: string;
  readonly fault: Fault;
  /** Calls it matched, and calls it struck. */
  readonly seen: number;
  readonly struck: number;
}

interface Armed {
  readonly id: string;
  readonly fault: Fault;
  seen: number;
  struck: number;
}

export interface CallbackSubject {
  readonly conversationId: string;
  readonly messageType: string;
  readonly body: () => string;
}

export class Faults {
  readonly #random: Random;
  #armed: Armed[] = [];
  #made = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Adds a rule and returns its id; an id already in use is replaced. @throws {z.ZodError} */
  add(input: FaultInput): string {
    const fault = faultSchema.parse(input);
    this.#made += 1;
    const id = fault.id ?? `fault-${this.#made}`;
    this.remove(id);
    this.#armed.push({ id, fault, seen: 0, struck: 0 });
    return id;
  }

  remove(id: string): boolean {
    const before = this.#armed.length;
    this.#armed = this.#armed.filter((armed) => armed.id !== id);
    return this.#armed.length < before;
  }

  clear(): void {
    this.#armed = [];
  }

  list(): readonly FaultStatus[] {
    return this.#armed.map((armed) => ({ ...armed }));
  }

  /** Every delay that strikes, and the first other fault that does. */
  forRequest(operation: string, body: Buffer): readonly RequestFault[] {
    if (this.#armed.length === 0) return [];
    const chosen: RequestFault[] = [];
    let decided = false;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (isCallbackFault(fault) || (decided && fault.kind !== 'delay')) continue;
      if (fault.operation !== '*' && fault.operation !== operation) continue;
      if (fault.bodyIncludes !== undefined && !body.includes(fault.bodyIncludes)) continue;
      if (!this.#strikes(armed)) continue;
      decided ||= fault.kind !== 'delay';
      chosen.push(fault);
    }
    return chosen;
  }

  forCallback(subject: CallbackSubject): readonly CallbackFault[] {
    return this.#armed.flatMap((armed) => {
      const { fault } = armed;
      if (!isCallbackFault(fault)) return [];
      if (fault.conversationId !== undefined && fault.conversationId !== subject.conversationId) return [];
      if (fault.messageType !== undefined && fault.messageType !== subject.messageType) return [];
      if (fault.bodyIncludes !== undefined && !subject.body().includes(fault.bodyIncludes)) return [];
      return this.#strikes(armed) ? [fault] : [];
    });
  }

  #strikes(armed: Armed): boolean {
    const { after, times, probability } = armed.fault;
    armed.seen += 1;
    if (armed.seen <= after) return false;
    if (times !== undefined && armed.struck >= times) return false;
    if (probability < 1 && this.#random() >= probability) return false;
    armed.struck += 1;
    return true;
  }
}
