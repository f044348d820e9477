import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Length of one timed measurement. */
  readonly seconds: number;
  /** Messages of one counted measurement. */
  readonly messages: number;
  readonly peers: boolean;
}

/** What the command line says. */
export interface Asked extends Omit<BenchOptions, 'messages'> {
  readonly name: string;
  /** Undefined: what the measurement takes when not told. */
  readonly messages: number | undefined;
  readonly rounds: number;
  /** Only the variants whose name contains this. */
  readonly only: string;
  readonly json: boolean;
  /** A release of Node, like `24`, to measure on instead of the one this was called with. */
  readonly node: string | undefined;
}

/** @throws {Error} one sentence on what is wrong with the command line. */
export function readOptions(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      messages: { type: 'string' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: false },
      node: { type: 'string' },
    },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Error('Name one measurement.');
  return {
    name,
    json: values.json,
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    messages: values.messages === undefined ? undefined : positive('messages', values.messages),
    only: values.only,
    peers: values.peers,
    node: values.node === undefined ? undefined : release(values.node),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0.`);
  return value;
}

function release(text: string): string {
  if (!/^[1-9]\d*(\.\d+){0,2}$/.test(text)) throw new Error('--node takes a release, like 24 or 24.21.0.');
  return text;
}
