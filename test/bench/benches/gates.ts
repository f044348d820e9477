import { deadEgain, hangingChannel, refusedTokens } from '../../chaos/gate-scenarios.js';
import type { Bench } from '../frame/bench.js';
import { unpin } from '../frame/pinning.js';

const lanesOfHanging = 1000;
const perSecond = 100;

/** What gates keep away: a hanging channel from the others, a refusing eGain from its token endpoint, a dead one from a stampede. */
export const gates: Bench = {
  what: 'a hanging channel beside a well one; 401 to everything; eGain dead and back (--messages lanes, --seconds × 12)',
  plan: ({ seconds, messages }) => {
    unpin();
    return {
      variants: [
        {
          name: 'hanging-channel',
          measure: async () => {
            const { normalP99Ms, duringP99Ms } = await hangingChannel({
              lanes: lanesOfHanging,
              seconds: 2 * seconds,
              perSecond,
            });
            return { normalP99Ms, duringP99Ms };
          },
        },
        {
          name: 'refused-tokens',
          measure: async () => ({ ...(await refusedTokens({ lanes: 1000, forMs: 12_000 * seconds })) }),
        },
        {
          name: 'dead-egain',
          measure: async () => ({
            ...(await deadEgain({
              lanes: messages,
              deadMs: 12_000 * seconds,
              tell: (line) => process.stderr.write(`${line}\n`),
            })),
          }),
        },
      ],
      ratios: [
        {
          top: 'hanging-channel',
          bottom: 'hanging-channel',
          figure: 'duringP99Ms',
          bottomFigure: 'normalP99Ms',
          atMost: 2,
        },
      ],
      notes: () => [
        `hanging-channel: ${perSecond} messages per second to the channel that is well; ${lanesOfHanging} lanes of the other one hang.`,
        'refused-tokens: 1,000 lanes, two processes. Budget: one renewal per 30 s over all processes.',
        'dead-egain: a message in each lane, two processes. Budget: a probe at a time; nothing lost, no stampede.',
        'The far ends share the machine and count in all times.',
      ],
    };
  },
};
