import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type Job } from 'bullmq';
import type { DrainData } from './queues.js';

const refusedPauseMs = 250;

/** BullMQ's word for "no job"; its types leave it out. */
const nothing = undefined as unknown as Job<DrainData>;

/**
 * BullMQ's worker begins with the first job it has fetched only when it has fetched as many as it may hold, or there are
 * no more: one round trip after the other, while the locks of those in hand run out unrenewed. With hundreds of places,
 * a backlog and a Redis that takes its time it would stand still for seconds, and for ever once that is longer than a
 * lock. This one says "no more for now" after each job, so that the job is begun before the next one is fetched.
 */
export class EagerWorker extends Worker<DrainData> {
  #fetched = false;
  #heard = 0;

  /** Answers of Redis to its asking for jobs, and jobs begun and ended: stands still when it is deaf. */
  get heard(): number {
    return this.#heard;
  }

  override async processJob(
    ...given: Parameters<Worker<DrainData>['processJob']>
  ): ReturnType<Worker<DrainData>['processJob']> {
    this.#heard += 1;
    try {
      return await super.processJob(...given);
    } finally {
      this.#heard += 1;
    }
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job<DrainData>> {
    // Whoever was woken from waiting has used up the mark that there is a job: it must be fetched.
    if (this.#fetched && this['waiting'] === null) {
      this.#fetched = false;
      return nothing;
    }
    const job = await super.moveToActive(token, name).catch(afterAMoment);
    this.#heard += 1;
    this.#fetched = job !== nothing;
    return job;
  }
}

/** Where Redis answers but refuses (READONLY, MISCONF, out of memory), BullMQ would ask again without a pause. */
async function afterAMoment(error: unknown): Promise<never> {
  await sleep(refusedPauseMs);
  throw error;
}
