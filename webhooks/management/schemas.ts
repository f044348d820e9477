/** What the API of the management port is told and tells; the description at /openapi.json is made from it. */
import * as z from 'zod';
import { cursorPattern } from '../../src/operators/dead-letter-desk.js';

import {
  name,
  time,
  count,
  id,
  channelName,
  laneName,
  letterId,
  direction,
  whole,
  duration,
} from './fields.js';

export { overview, provisioning } from './overview-schemas.js';

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
