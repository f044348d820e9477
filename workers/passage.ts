import type { Gates } from '../src/lanes/gates.js';
import type { DrainData } from './queues.js';

/** Whether a lane of this target may send now, by what this process last saw of the gates. */
export function mayPass(gates: Gates, target: string, gate: string, pass: DrainData['pass']): boolean {
  if (gates.state(target).kind === 'paused') return false;
  const { kind } = gates.state(gate);
  return kind === 'open' || (pass !== undefined && kind !== 'paused');
}
