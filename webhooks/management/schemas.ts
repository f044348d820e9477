/** What the API of the management port is told and tells; the description at /openapi.json is made from it. */
import * as z from 'zod';
import { cursorPattern } from '../../src/operators/dead-letter-desk.js';

/** The schemas that have a name of their own in the description. */
export const named = z.registry<{ readonly id: string }>();

function name<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  named.add(schema, { id });
  return schema;
}

const time = () => z.iso.datetime().describe('ISO 8601, by Redis’s clock.');
const count = () => z.int().min(0);
const milliseconds = (what: string) => z.int().min(0).describe(`${what} Milliseconds.`);

const id = (longest = 256) => z.string().min(1).max(longest);
export const channelName = () => z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const laneName = () => z.string().regex(/^[\w-]{1,64}$/);
const letterId = () => z.string().regex(/^\d{1,3}-\d{1,16}$/);
const direction = () =>
  z.enum(['in', 'out']).describe('`in`: from the customer to eGain; `out`: to the customer.');

/** A whole number in a query. */
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** `90s`, `5m`, `2h`, `3d` in milliseconds. */
const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const duration = () =>
  z
    .string()
    .regex(/^\d{1,6}[smhd]$/, { error: 'a number with a unit, such as 90s, 5m, 2h or 3d' })
    .transform((text) => {
      const unit = text.slice(-1);
      return (
        Number(text.slice(0, -1)) * (unit === 's' || unit === 'm' || unit === 'h' ? units[unit] : units.d)
      );
    });

export const problem = name(
  'Problem',
  z.strictObject({
    code: z.string().describe('A word from a closed list.'),
    message: z.string().describe('A sentence that names the field or setting and what was expected.'),
  }),
);

export const me = name(
  'Me',
  z.strictObject({
    name: z.string(),
    mayChange: z.boolean().describe('Whether calls that change something are allowed.'),
    mayReadTexts: z.boolean().describe('Whether the texts of messages may be seen.'),
  }),
);

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

export const overviewQuery = z.strictObject({
  minutes: whole(1, 60).optional().describe('How far back rates and failures go. Default 15, at most 60.'),
});

const step = z.strictObject({
  at: time().nullable().describe('Null where it is not remembered.'),
  what: z
    .enum(['accepted', 'unknown', 'failed', 'next', 'delivered', 'dead', 'ignored', 'forgotten'])
    .describe(
      '`failed`: an attempt. `next`: when it is tried again. `unknown`: attempts that are not remembered any more.',
    ),
  answer: z.string().nullable().describe('What came of it: a status, a word, or the far end’s id.'),
  count: count().nullable(),
});

const message = name(
  'Message',
  z.strictObject({
    id: z
      .string()
      .nullable()
      .describe('Null where it is not kept: of a message that was found by its customer and has ended.'),
    direction: direction(),
    channel: z.string(),
    lane: z.string(),
    state: z.enum(['waiting', 'retrying', 'delivered', 'dead', 'ignored', 'forgotten', 'gone']),
    acceptedAt: time(),
    endedAt: time().nullable(),
    attempts: count(),
    reason: z.string().nullable(),
    ahead: count().nullable().describe('How many messages go before it, while it waits.'),
    conversationId: z.string().nullable(),
    farId: z.string().nullable().describe('The id the far end gave it.'),
    deadLetter: z.string().nullable(),
    steps: z.array(step),
  }),
);

export const searchBody = name(
  'Search',
  z
    .union([
      z.strictObject({
        message: id().describe('The channel’s id of a message, or eGain’s.'),
        channel: channelName().optional(),
      }),
      z.strictObject({
        channel: channelName(),
        customer: id(1024).describe('The channel’s id of a customer.'),
      }),
      z.strictObject({ conversation: id().describe('eGain’s id.') }),
    ])
    .describe('In the body, as a customer’s id may be a phone number, which belongs in no address.'),
);

export const searchAnswer = name(
  'SearchAnswer',
  z.strictObject({
    messages: z.array(message).describe('In the order of acceptance.'),
    complete: z.boolean().describe('False when there are older ones that are not told.'),
    lanes: z.array(z.string()).describe('The lanes that were looked through.'),
    openConversation: z.string().nullable(),
  }),
);

const deadLetter = name(
  'DeadLetter',
  z.strictObject({
    id: letterId(),
    lane: z.string(),
    direction: direction(),
    channel: z.string(),
    reason: z.string(),
    code: z.string().nullable().describe('The status or code that the far end’s answer begins with.'),
    messageId: z.string(),
    type: z.string().nullable(),
    attempts: count(),
    acceptedAt: time(),
    diedAt: time(),
  }),
);
export { deadLetter };

const filterFields = {
  channel: z.string().max(63).optional().describe('A channel’s name, or `?`.'),
  direction: direction().optional(),
  reason: id(64).optional(),
  olderThan: duration().optional().describe('Died at least so long ago: `90s`, `5m`, `2h`, `3d`.'),
};

export const deadLettersQuery = z.strictObject({
  ...filterFields,
  limit: whole(1, 200).optional().describe('Default 50.'),
  after: z.string().regex(cursorPattern).optional().describe('The `next` of the page before.'),
});

export const deadLetters = name(
  'DeadLetters',
  z.strictObject({
    deadLetters: z.array(deadLetter).describe('The oldest first.'),
    matching: count().describe('How many fit the filter.'),
    counted: z.enum(['exactly', 'at-least']),
    next: z.string().nullable().describe('What to ask for the next page with.'),
    asOf: time().describe('When this was so; for `until`.'),
  }),
);

export const deadLetterText = name(
  'DeadLetterText',
  z.strictObject({
    id: letterId(),
    detail: z.string().describe('The far end’s own words, which may quote the message.'),
    content: z.unknown().describe('The message as it was kept.'),
  }),
);

export const selection = name(
  'Selection',
  z.union([
    z.strictObject({ ids: z.array(letterId()).min(1).max(100).describe('These.') }),
    z.strictObject({
      all: z.literal(true).describe('Every one that fits the filter, at most 100 in one call.'),
      filter: z
        .strictObject({
          ...filterFields,
          until: z.iso
            .datetime()
            .optional()
            .describe(
              'Only those that had died by then. A retry that is repeated until nothing is left should say the same time each time, so that it does not meet those that die again.',
            ),
        })
        .default({}),
    }),
  ]),
);

export const dealt = name(
  'Dealt',
  z.strictObject({
    done: count(),
    missing: z.array(letterId()).describe('Of those named, the ones that are there no more.'),
    more: z.boolean().describe('More fit the filter: ask again.'),
  }),
);

const lane = name(
  'Lane',
  z.strictObject({
    lane: z.string(),
    direction: direction(),
    channel: z.string(),
    state: z.enum(['waiting', 'running', 'backing-off']),
    waiting: count().describe('Messages in it.'),
    headAcceptedAt: time(),
    attempts: count().describe('At its head.'),
    lastError: z.string().nullable(),
    tryAgainAt: time().nullable(),
  }),
);

export const lanesQuery = z.strictObject({
  channel: z.string().max(63).optional(),
  direction: direction().optional(),
  limit: whole(1, 1000).optional().describe('Default 100.'),
});

export const lanes = name(
  'Lanes',
  z.strictObject({ lanes: z.array(lane), complete: z.boolean().describe('False when there are more.') }),
);

export const laneDetail = name(
  'LaneDetail',
  lane.extend({
    messages: z
      .array(z.strictObject({ id: z.string(), acceptedAt: time() }))
      .describe('Head first, at most 1000.'),
  }),
);

export const skipped = name('Skipped', z.strictObject({ deadLetter: letterId() }));

const gate = z.enum(['open', 'paused', 'broken', 'probing', 'throttled']);
export const channels = name(
  'Channels',
  z.strictObject({
    channels: z.array(
      z.strictObject({ channel: z.string(), adapter: z.string(), inbound: gate, outbound: gate }),
    ),
  }),
);

export const directions = name(
  'Directions',
  z.strictObject({
    direction: z.enum(['in', 'out', 'both']).default('both').describe('Which way.'),
  }),
);

export const laneParams = z.strictObject({ lane: laneName().describe('A lane’s name.') });
export const letterParams = z.strictObject({ id: letterId().describe('A dead letter’s id.') });
export const channelParams = z.strictObject({ channel: channelName().describe('A channel’s name.') });
