import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly name: string;
  readonly json: boolean;
  readonly rounds: number;
  /** Length of one timed measurement. */
  readonly seconds: number;
  /** Messages of one counted measurement. */
  readonly messages: number;
  /** Only the variants whose name contains this. */
  readonly only: string;
  readonly peers: boolean;
}

/** @throws {Error} one sentence on what is wrong with the command line. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      messages: { type: 'string', default: '10000' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: false },
    },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Error('Name one measurement.');
  return {
    name,
    json: values.json,
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    messages: positive('messages', values.messages),
    only: values.only,
    peers: values.peers,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0.`);
  return value;
}
