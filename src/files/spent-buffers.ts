import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';

/** Bytes of files after which their spent buffers are collected. */
const everyBytes = 8 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

const collector = z.custom<Collect>((found) => typeof found === 'function');

/**
 * The engine's own way to be asked for a collection; it is there only after a flag was set, in a context made since. An
 * engine without it collects when it wants to.
 */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const found = collector.safeParse(runInNewContext('globalThis.gc'));
  setFlagsFromString('--no-expose-gc');
  return found.success ? found.data : () => undefined;
}

let collect: Collect | undefined;
let passed = 0;

/**
 * To be told of every part of a file that has passed. Each part lay in a buffer of its own, outside of the engine's heap,
 * and the engine lets tens of megabytes of them lie before it looks after them, from Node 24 on twice as many as before. A
 * short collection of what is young every few megabytes keeps a process small while files pass (I10).
 */
export function filePassed(bytes: number): void {
  passed += bytes;
  if (passed < everyBytes) return;
  passed = 0;
  collect ??= findCollector();
  collect({ type: 'minor' });
}
