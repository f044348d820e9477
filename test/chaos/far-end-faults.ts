import type { World } from '../support/world.js';
import type { ChaosSettings } from './settings.js';

/** Sets both far ends misbehaving, by the names in `settings.faults`. Returns the function that ends it. */
export function misbehave(world: World, settings: ChaosSettings): () => void {
  const { control } = world.simulator;
  if (settings.faults.has('egain')) {
    const operation = 'sendMessage';
    control.addFault({ operation, probability: 0.1, kind: 'delay', ms: 150 });
    control.addFault({ operation, probability: 0.03, kind: 'status', status: 503 });
    control.addFault({ operation, probability: 0.01, kind: 'status', status: 500 });
    control.addFault({ operation, probability: 0.003, kind: 'throttle', retryAfterSeconds: 1 });
    control.addFault({ operation, probability: 0.01, kind: 'hang', processed: false });
    control.addFault({ operation, probability: 0.01, kind: 'hang', processed: true });
    control.addFault({ operation, probability: 0.01, kind: 'reset', when: 'before' });
    control.addFault({ operation, probability: 0.01, kind: 'reset', when: 'after' });
    control.addFault({ operation, probability: 0.005, kind: 'cut' });
    control.addFault({ operation, probability: 0.005, kind: 'truncate' });
  }
  if (settings.faults.has('callback')) {
    control.addFault({ probability: 0.05, kind: 'callback-duplicate', copies: 2 });
    control.addFault({ probability: 0.02, kind: 'callback-delay', ms: 500 });
  }
  if (settings.faults.has('channel')) {
    world.channel.setFaults(
      [
        { kind: 'delay', delayMs: 150, share: 0.1, processed: true },
        { kind: 'status', status: 503, share: 0.03 },
        { kind: 'status', status: 429, retryAfterSeconds: 1, share: 0.003 },
        { kind: 'hang', share: 0.01 },
        { kind: 'hang', share: 0.01, processed: true },
        { kind: 'reset', share: 0.01 },
        { kind: 'reset', share: 0.01, processed: true },
      ],
      settings.seed,
    );
  }
  return () => {
    control.clearFaults();
    world.channel.setFaults([]);
  };
}
