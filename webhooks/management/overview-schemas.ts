/** What the overview tells. */
import * as z from 'zod';
import { name, time, count, milliseconds, direction } from './fields.js';

const ratePoint = z.strictObject({
  at: time(),
  accepted: count(),
  delivered: count(),
  held: count().describe('Attempts that are to be repeated.'),
  dead: count(),
});

const drift = z.strictObject({
  at: time().describe('When eGain was compared with the configuration.'),
  differences: count()
    .optional()
    .describe('Missing objects and fields that differ; absent when it could not be told.'),
  objects: z.array(z.string()).describe('Titles of the objects concerned.'),
  problems: z.array(z.string()),
});

export const provisioning = name(
  'Provisioning',
  z.strictObject({
    declared: z.boolean().describe('Whether the configuration declares eGain’s side.'),
    drift: drift.nullable().describe('The last comparison, if there was one within a week.'),
  }),
);

export const overview = name(
  'Overview',
  z.strictObject({
    at: time(),
    minutes: count(),
    spanSeconds: count().describe('Length of one entry of `rates`.'),
    rates: z.array(ratePoint).describe('Spans in which something happened, the oldest first.'),
    directions: z.array(
      z.strictObject({
        direction: direction(),
        channel: z.string().describe('`?`: of conversations nobody knows yet.'),
        lanes: z
          .strictObject({ running: count(), waiting: count(), backingOff: count() })
          .describe(
            'Lanes that hold messages: with a job, waiting for room, waiting for their next attempt.',
          ),
        oldestMs: milliseconds('Age of the oldest message that waits, 0 when none does.'),
        delivered: count(),
        held: count(),
        dead: count(),
        closed: z
          .string()
          .nullable()
          .describe('Why nothing is delivered there at the moment: `paused`, `broken`, `throttled`.'),
      }),
    ),
    failures: z
      .array(
        z.strictObject({
          kind: z.enum(['dead-letter', 'refused', 'upstream']),
          where: z.string(),
          reason: z.string(),
          count: count(),
        }),
      )
      .describe('What failed within the time, the most frequent first.'),
    deadLetters: count().describe('Dead letters that are kept.'),
    token: z.strictObject({
      held: z.boolean(),
      ageMs: milliseconds('Of the token.').nullable(),
      leftMs: milliseconds('Of the token’s life.').nullable(),
      coolingMs: milliseconds('Until a failed endpoint is asked again; 0 when it did not fail.'),
      coolingReason: z.string().nullable(),
      fetched: count(),
      failed: count(),
      discarded: count(),
    }),
    provisioning,
    redis: z.strictObject({
      usedBytes: count().nullable(),
      limitBytes: count().nullable().describe('0: there is none.'),
    }),
    processes: z.array(
      z.strictObject({
        instance: z.string(),
        role: z.string(),
        version: z.string(),
        startedAt: time(),
        seenAt: time(),
      }),
    ),
  }),
);
