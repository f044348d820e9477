import { expect, test } from '@jest/globals';
import type * as z from 'zod';
import type * as page from '../../../src/operators/browser/wire.js';
import type * as api from '../../../webhooks/management/schemas.js';

/** `true` only where what the API tells is what the page reads. */
type Fits<Told extends z.ZodType, Read> = z.output<Told> extends Read ? true : false;

test('what the page reads is what the API tells, held by the compiler', () => {
  const fits: readonly [
    Fits<typeof api.overview, page.Overview>,
    Fits<typeof api.searchAnswer, page.SearchAnswer>,
    Fits<typeof api.deadLetters, page.DeadLetters>,
    Fits<typeof api.deadLetterText, page.DeadLetterText>,
    Fits<typeof api.dealt, page.Dealt>,
    Fits<typeof api.me, page.Me>,
    Fits<typeof api.channels, page.Channels>,
    Fits<typeof api.provisioning, page.Provisioning>,
  ] = [true, true, true, true, true, true, true, true];
  expect(fits).not.toContain(false);
});
