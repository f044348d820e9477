import { Redis } from 'ioredis';
import { Deadlines } from './deadlines.js';

type SendCommand = Parameters<Redis['sendCommand']>;

/**
 * More are not held back for each other: where over a thousand sockets have something to say at once, a turn lasts up to
 * 48 times as long as what it began with (libuv's `uv__io_poll`), which is seconds.
 */
const together = 16;

/**
 * A connection that sends the commands of one turn of the event loop together, at the turn's end or when there are enough.
 * By itself ioredis hands each to the system alone, which wakes Redis for each: under load that costs more than the
 * commands do, on both sides. Nothing waits for a clock: whatever else the turn brings is sent with it, and then it goes.
 */
export class GatheringRedis extends Redis {
  #deadlines: Deadlines | undefined;
  #gathered = 0;

  /** From now on a command fails that is not answered within so many milliseconds: in place of `commandTimeout`. */
  answerWithin(timeoutMs: number | undefined): this {
    this.#deadlines = timeoutMs === undefined ? undefined : new Deadlines(timeoutMs);
    return this;
  }

  override sendCommand(...args: SendCommand): unknown {
    this.#deadlines?.add(args[0]);
    const { stream } = this;
    gather(stream);
    const sent = super.sendCommand(...args);
    this.#gathered += 1;
    if (this.#gathered >= together) {
      this.#gathered = 0;
      letGo(stream);
    }
    return sent;
  }

  /** What is gathered goes at once: for who comes at the turn's end, having gathered already. */
  hurry(): void {
    letGo(this.stream);
  }
}

/** ioredis declares a stream from the start, but makes it when it connects: commands may come before. */
type Stream = Redis['stream'] | undefined;

function letGo(stream: Stream): void {
  stream?.uncork();
}

function gather(stream: Stream): void {
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
