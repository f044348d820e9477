/** How hard and how long a message is carried, and what is kept about it afterwards. */
import * as z from 'zod';
import { count, milliseconds } from './fields.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const backoff = z
  .strictObject({
    firstMs: milliseconds(10, minute).default(500).describe('Pause after the first failure.'),
    factor: z.number().min(1).max(10).default(2).describe('What each further pause is multiplied by.'),
    maxMs: milliseconds(10, hour).default(minute).describe('Longest pause.'),
  })
  .refine(({ firstMs, maxMs }) => firstMs <= maxMs, { error: 'no less than firstMs', path: ['maxMs'] })
  .prefault({})
  .describe('Pauses between attempts; each is shortened by a random part.');

const breaker = z
  .strictObject({
    failures: count(1, 10_000).default(20).describe('Failures in a row that open it.'),
    openMs: milliseconds(100, hour)
      .default(5000)
      .describe('First time it stays open before one probe is let through.'),
    maxOpenMs: milliseconds(100, hour).default(30_000).describe('Longest time between probes.'),
  })
  .refine(({ openMs, maxOpenMs }) => openMs <= maxOpenMs, {
    error: 'no less than openMs',
    path: ['maxOpenMs'],
  })
  .prefault({})
  .describe('The breaker of each target.');

export const deliverySchema = z
  .strictObject({
    holdMs: milliseconds(1000, 7 * day)
      .default(15 * minute)
      .describe('How long a message is tried before it becomes a dead letter.'),
    attemptTimeoutMs: milliseconds(500, minute).default(10_000).describe('Limit for one attempt.'),
    backoff,
    concurrency: count(1, 10_000)
      .default(100)
      .describe('Deliveries at the same time, per target and process.'),
    laneBurst: count(1, 10_000)
      .default(50)
      .describe('Messages one lane may deliver before it lets others have its turn.'),
    unknownConversationWaitMs: milliseconds(0, hour)
      .default(minute)
      .describe('How long an outbound message waits for its conversation to become known.'),
    conversationMemoryMs: milliseconds(minute, 30 * day)
      .default(day)
      .describe('How long an ended conversation’s customer is still known, for late messages.'),
    duplicateWindowMs: milliseconds(minute, 30 * day)
      .default(day)
      .describe('How long a repeated message is recognised; an adapter may ask for longer.'),
    idleMarginMs: milliseconds(0, hour)
      .default(2 * minute)
      .describe('Added to the account’s timeout before a silent conversation counts as over.'),
    poisonStarts: count(2, 1000)
      .default(10)
      .describe(
        'A message that was being delivered at this many crashes of its worker becomes a dead letter.',
      ),
    choiceOpenMs: milliseconds(1000, 30 * day)
      .default(day)
      .describe(
        'How long a list or form that a customer was shown can be answered; later answers go as text.',
      ),
    breaker,
  })
  .prefault({})
  .describe('Carrying a message over its last hop.');

export const retentionSchema = z
  .strictObject({
    deadLettersMs: milliseconds(hour, 90 * day)
      .default(7 * day)
      .describe('How long a dead letter and its text are kept.'),
    deadLettersMax: count(1, 10_000_000).default(100_000).describe('How many are kept at most.'),
    journeysMs: milliseconds(minute, 30 * day)
      .default(day)
      .describe('How long a message’s journey is kept.'),
    journeysMax: count(1, 100_000_000).default(1_000_000).describe('How many are kept at most, per shard.'),
  })
  .prefault({})
  .describe('What is kept about messages that are done.');

export const noticesSchema = z
  .strictObject({
    customer: z
      .boolean()
      .default(true)
      .describe('Tell the customer, in their language, what could not be taken.'),
    agent: z
      .boolean()
      .default(false)
      .describe('Tell the agent, by an error message, what could not be delivered or was refused.'),
    windowMs: milliseconds(1000, day)
      .default(10 * minute)
      .describe('At most one notice per customer and reason in this time.'),
  })
  .prefault({})
  .describe('Who is told about a message that did not arrive.');
