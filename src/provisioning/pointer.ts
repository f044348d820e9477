import type { Kind } from './kinds.js';

/**
 * Stands for an id that is known only when eGain has been asked. `key`: the object of that name (channels: type).
 * `id`: given by the operator, and checked. `role`: the client application that has the role. `bot`: the client
 * application behind the participant of that name.
 */
export class Pointer {
  readonly kind: Kind;
  readonly by: 'key' | 'id' | 'role' | 'bot';
  readonly value: string;
  /** Where it was asked for, for messages. */
  readonly setting: string;

  constructor(kind: Kind, by: Pointer['by'], value: string, setting: string) {
    this.kind = kind;
    this.by = by;
    this.value = value;
    this.setting = setting;
  }
}
