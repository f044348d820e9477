import type { StreamEvent } from './protocol.js';

/** Puts server-sent events together from whatever pieces they come in (WHATWG HTML, 9.2.6). */
export class EventReader {
  #rest = '';
  #id = '';
  #name = '';
  #data: string[] = [];

  /** The events that are complete with this piece. */
  push(piece: string): StreamEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): StreamEvent[] {
    if (line !== '') {
      this.#field(line);
      return [];
    }
    const event = {
      id: this.#id,
      name: this.#name === '' ? 'message' : this.#name,
      data: this.#data.join('\n'),
    };
    const isEvent = this.#data.length > 0;
    this.#id = '';
    this.#name = '';
    this.#data = [];
    return isEvent ? [event] : [];
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#name = value;
    else if (name === 'id') this.#id = value;
  }
}
