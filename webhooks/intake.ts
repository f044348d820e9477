import {
  AcceptError,
  type Accepted,
  type AcceptStatus,
  type JobOrder,
  type Lanes,
  type NewMessage,
} from '../src/lanes/lanes.js';
import type { NoticeDraft, NoticeWindow } from '../src/lanes/notice-window.js';
import { Congestion } from './congestion.js';
import { unavailable, type Refusal } from './reply.js';

/** Whoever gives a lane its job (the queues). Never throws: what cannot be added is repaired later. */
export type AddJobs = (orders: readonly JobOrder[]) => Promise<void>;

export interface IntakeSettings {
  /** Requests worked on at once at most; beyond, 503 at once is kinder than late (I7). */
  readonly maxInFlight: number;
}

/** Made once: to refuse must cost next to nothing, or under a flood there is time for nothing else. */
const tooMany = unavailable('too many requests at once');
const leaving = unavailable('the bridge is shutting down');
const full = unavailable('no room for messages: Redis is near its memory limit', 5);

/** The one way into the lanes: everything that answers 2xx has come through here (I1). */
export class Intake {
  readonly #lanes: Lanes;
  readonly #addJobs: AddJobs;
  readonly #window: NoticeWindow;
  readonly #full: () => boolean;
  readonly #congestion: Congestion;
  #closed = false;

  /** `full`: Redis has reached the share of its memory that intake may fill. */
  constructor(parts: {
    readonly lanes: Lanes;
    readonly addJobs: AddJobs;
    readonly window: NoticeWindow;
    readonly full: () => boolean;
    readonly settings: IntakeSettings;
  }) {
    this.#lanes = parts.lanes;
    this.#addJobs = parts.addJobs;
    this.#window = parts.window;
    this.#full = parts.full;
    this.#congestion = new Congestion(() => performance.now(), parts.settings.maxInFlight);
  }

  /** From now on every request is sent away: the process is leaving (I11). */
  close(): void {
    this.#closed = true;
  }

  /** Why nothing can be taken in now, if so: 503, known before anything of a request is looked at. */
  get refusal(): Refusal | undefined {
    if (this.#closed) return leaving;
    if (this.#full()) return full;
    return this.#congestion.tooMuch ? tooMany : undefined;
  }

  /** @throws {Refusal} 503 when nothing can be taken in now. */
  check(): void {
    const { refusal } = this;
    if (refusal !== undefined) throw refusal;
  }

  /** Runs one request's work, its body at hand. @throws {Refusal} 503 when there are too many at once. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    const end = this.#congestion.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /**
   * Keeps the messages, and what is to be told beside them. @returns a status per message.
   * @throws {Refusal} 503 unless Redis confirmed every one of them.
   */
  async accept(
    messages: readonly NewMessage[],
    drafts: readonly NoticeDraft[] = [],
  ): Promise<readonly AcceptStatus[]> {
    try {
      if (drafts.length === 0) return this.#kept(await this.#lanes.accept(messages));
      const notices = await Promise.all(drafts.map((draft) => this.#window.count(draft)));
      const all = [...messages, ...notices.map(({ message }) => message)];
      const statuses = this.#kept(await this.#lanes.accept(all));
      const told = notices.filter((_, index) => statuses[messages.length + index] === 'accepted');
      // Told twice in the worst case; never taken back.
      await Promise.all(told.map((notice) => this.#window.told(notice))).catch(() => undefined);
      return statuses.slice(0, messages.length);
    } catch (error) {
      if (error instanceof AcceptError && error.orders.length > 0) void this.#addJobs(error.orders);
      throw unavailable('Redis did not confirm the message', 1, error);
    }
  }

  /** The messages are kept; the caller need not wait for their jobs, nor fail with them. */
  #kept({ statuses, orders }: Accepted): readonly AcceptStatus[] {
    if (orders.length > 0) void this.#addJobs(orders);
    return statuses;
  }
}
