import type { ServerResponse } from 'node:http';
import type { Outbox } from '../../src/lanes/outbox.js';

/** Where a stream stands in its customer's outbox. */
export interface StreamPlace {
  readonly lane: string;
  readonly tab: string;
  /** The last event the tab has; '' = none. */
  readonly cursor: string;
}

/** Why a stream ends: the browser opens another one, after asking for a new session where that is over. */
export type StreamEnd = 'restart' | 'expired';

/** A browser that does not read is cut off; it comes again and is told the same. Bytes. */
const mostUnread = 1024 * 1024;

/** How long a browser waits before it comes again, unless it knows better. Milliseconds. */
const comeAgainMs = 1000;

/** One answer that goes on: server-sent events (WHATWG HTML, 9.2). */
export class EventStream {
  readonly place: Pick<StreamPlace, 'lane' | 'tab'>;
  readonly #response: ServerResponse;
  readonly #outbox: Outbox;
  #cursor: string;
  #looking = false;
  #lookAgain = false;

  constructor(response: ServerResponse, place: StreamPlace, outbox: Outbox) {
    this.place = place;
    this.#response = response;
    this.#outbox = outbox;
    this.#cursor = place.cursor;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      // Proxies that collect answers would keep the chat silent.
      'x-accel-buffering': 'no',
      // After its end the browser must be free to reach another process.
      connection: 'close',
    });
    this.#write(`retry: ${comeAgainMs}\n\n`);
  }

  /** Writes whatever is new. Calls while it is at it make it look once more. */
  look(): void {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    void this.#read().finally(() => {
      this.#looking = false;
      if (!this.#lookAgain) return;
      this.#lookAgain = false;
      this.look();
    });
  }

  /** Writes an event that is kept nowhere. */
  tell(event: string): void {
    this.#write(`event: fleeting\ndata: ${event}\n\n`);
  }

  /** Writes something that means nothing. */
  beat(): void {
    this.#write(': \n\n');
  }

  end(why: StreamEnd): void {
    this.#write(`event: end\ndata: ${JSON.stringify({ reason: why })}\n\n`);
    this.#response.end();
  }

  async #read(): Promise<void> {
    for (;;) {
      const found = await this.#outbox.read(this.place.lane, this.#cursor).catch(() => undefined);
      // Redis is away: whoever looks next finds it.
      if (found === undefined || this.#response.destroyed || this.#response.writableEnded) return;
      for (const { id, event } of found.events) {
        this.#write(`id: ${id}\nevent: message\ndata: ${event}\n\n`);
        this.#cursor = id;
      }
      if (!found.more) return;
    }
  }

  #write(text: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > mostUnread) response.destroy();
  }
}
