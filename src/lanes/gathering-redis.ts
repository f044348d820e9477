import { Redis } from 'ioredis';

type SendCommand = Parameters<Redis['sendCommand']>;

/**
 * A connection that sends the commands of one turn of the event loop together, at the turn's end. By itself ioredis hands
 * each to the system alone, which wakes Redis for each: under load that costs more than the commands do, on both sides.
 * Nothing waits for a clock: whatever else the turn brings is sent with it, and then it goes.
 */
export class GatheringRedis extends Redis {
  override sendCommand(...args: SendCommand): unknown {
    this.#gather();
    return super.sendCommand(...args);
  }

  #gather(): void {
    // ioredis declares a stream from the start, but makes it when it connects.
    const { stream }: { readonly stream: Redis['stream'] | undefined } = this;
    if (stream === undefined || stream.writableCorked > 0) return;
    stream.cork();
    setImmediate(() => stream.uncork());
  }
}
