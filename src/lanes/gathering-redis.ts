import { Redis } from 'ioredis';
import { Deadlines } from './deadlines.js';

type SendCommand = Parameters<Redis['sendCommand']>;

/**
 * A connection that sends the commands of one turn of the event loop together, at the turn's end. By itself ioredis hands
 * each to the system alone, which wakes Redis for each: under load that costs more than the commands do, on both sides.
 * Nothing waits for a clock: whatever else the turn brings is sent with it, and then it goes.
 */
export class GatheringRedis extends Redis {
  #deadlines: Deadlines | undefined;

  /** From now on a command fails that is not answered within so many milliseconds: in place of `commandTimeout`. */
  answerWithin(timeoutMs: number | undefined): this {
    this.#deadlines = timeoutMs === undefined ? undefined : new Deadlines(timeoutMs);
    return this;
  }

  override sendCommand(...args: SendCommand): unknown {
    this.#deadlines?.add(args[0]);
    gather(this.stream);
    return super.sendCommand(...args);
  }

  /** What is gathered goes at once: for who comes at the turn's end, having gathered already. */
  hurry(): void {
    this.stream.uncork();
  }
}

/** ioredis declares a stream from the start, but makes it when it connects. */
function gather(stream: Redis['stream'] | undefined): void {
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
