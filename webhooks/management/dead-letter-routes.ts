import type * as z from 'zod';
import { DeadLetters, type DeadLetter, type DeadLetterFilter } from '../../src/lanes/dead-letters.js';
import { dealWith, page, retriesPerSecond, type Act } from '../../src/operators/dead-letter-desk.js';
import { Refusal } from '../reply.js';
import type { ApiParts } from './parts.js';
import { route, type Route } from './route.js';
import * as schemas from './schemas.js';
import { viewDeadLetter } from './views.js';

/** A retry of so many takes two seconds: the caller hears of it before a proxy gives up, and can stop in between. */
const mostAtOnce = 100;

const acts: readonly (readonly [act: Act, operationId: string, summary: string, description: string])[] = [
  [
    'retry',
    'retryDeadLetters',
    'Put dead letters back to the tails of their lanes: those named, or all that fit a filter',
    `The oldest first, no faster than ${retriesPerSecond} a second and at most ${mostAtOnce} in one call; while \`more\` is true, ask again.`,
  ],
  [
    'discard',
    'discardDeadLetters',
    'Remove dead letters for good: those named, or all that fit a filter',
    `At most ${mostAtOnce} in one call; while \`more\` is true, ask again.`,
  ],
];

export function deadLetterRoutes(parts: ApiParts): readonly Route[] {
  const { access, audit } = parts;
  const letters = new DeadLetters(access.redis, access.keys);
  const must = async (id: string): Promise<DeadLetter> => {
    const letter = await letters.get(id);
    if (letter === undefined) throw new Refusal('not-found', 'id: there is no dead letter of this id');
    return letter;
  };
  return [
    route({
      method: 'get',
      path: '/dead-letters',
      operationId: 'listDeadLetters',
      tag: 'Dead letters',
      summary: 'Dead letters, a page at a time; without texts',
      query: schemas.deadLettersQuery,
      answer: schemas.deadLetters,
      handle: async ({ query: { limit = 50, after, ...filter } }) => {
        const found = await page(access, filterOf(filter), { limit, after });
        return {
          deadLetters: found.letters.map(viewDeadLetter),
          matching: found.matching,
          counted: found.counted,
          next: found.next ?? null,
          asOf: new Date(found.asOf).toISOString(),
        };
      },
    }),
    route({
      method: 'get',
      path: '/dead-letters/{id}',
      operationId: 'showDeadLetter',
      tag: 'Dead letters',
      summary: 'One dead letter; without its text',
      params: schemas.letterParams,
      answer: schemas.deadLetter,
      refusals: ['not-found'],
      handle: async ({ params }) => viewDeadLetter(await must(params.id)),
    }),
    route({
      method: 'get',
      path: '/dead-letters/{id}/text',
      operationId: 'readDeadLetter',
      tag: 'Dead letters',
      summary: 'What a dead letter says, and the far end’s words about it',
      description: 'Needs the permission to see texts; every use leaves an audit line.',
      readsTexts: true,
      params: schemas.letterParams,
      answer: schemas.deadLetterText,
      refusals: ['not-found'],
      handle: async ({ params: { id } }, { operator }) => {
        const { detail, envelope, messageId } = await must(id);
        audit({
          operator: operator.name,
          action: 'dead-letters.read-text',
          count: 1,
          deadLetter: id,
          messageId,
        });
        return { id, detail, content: envelope ?? null };
      },
    }),
    ...acts.map(([act, operationId, summary, description]) =>
      route({
        method: 'post',
        path: `/dead-letters/${act}`,
        operationId,
        tag: 'Dead letters',
        summary,
        description,
        body: schemas.selection,
        answer: schemas.dealt,
        handle: async ({ body }, { operator }) => {
          const selection =
            'ids' in body ? { ids: [...new Set(body.ids)] } : { filter: filterOf(body.filter) };
          const { done, missing, more } = await dealWith(access, act, selection, mostAtOnce);
          audit({
            operator: operator.name,
            action: `dead-letters.${act}`,
            count: done,
            ...('ids' in body ? { ids: body.ids } : { filter: body.filter }),
          });
          return { done, missing: [...missing], more };
        },
      }),
    ),
  ];
}

interface Filter extends Omit<z.output<typeof schemas.deadLettersQuery>, 'limit' | 'after'> {
  readonly until?: string | undefined;
}

function filterOf({ channel, direction, reason, olderThan, until }: Filter): DeadLetterFilter {
  return {
    channel,
    direction,
    reason,
    olderThanMs: olderThan,
    until: until === undefined ? undefined : Date.parse(until),
  };
}
