/** Operations that only look. */
import { overview } from '../../src/operators/overview.js';
import { readDrift } from '../../src/operators/drift-record.js';
import { listGates } from '../../src/operators/gates.js';
import { search, type Question } from '../../src/operators/search.js';
import { WaitingLanes } from '../../src/lanes/waiting.js';
import type * as z from 'zod';
import { Refusal } from '../reply.js';
import type { ApiParts } from './parts.js';
import { route, type Route } from './route.js';
import * as schemas from './schemas.js';
import { viewLane, viewMessage, viewOverview, viewProvisioning } from './views.js';

const usualMinutes = 15;
/** More than this of one customer nobody reads on a page. */
const mostMessages = 200;

export function lookRoutes(parts: ApiParts): readonly Route[] {
  const { access, sources, channels, declared, now } = parts;
  const { redis, keys } = access;
  return [
    route({
      method: 'get',
      path: '/me',
      operationId: 'whoAmI',
      tag: 'Overview',
      summary: 'Who is logged in, and what they may do',
      answer: schemas.me,
      handle: (_input, { operator: { name, permissions } }) =>
        Promise.resolve({
          name,
          mayChange: permissions.has('change'),
          mayReadTexts: permissions.has('texts'),
        }),
    }),
    route({
      method: 'get',
      path: '/overview',
      operationId: 'getOverview',
      tag: 'Overview',
      summary:
        'Rates, what waits, failures by reason, token, provisioning, processes; of all processes together',
      query: schemas.overviewQuery,
      answer: schemas.overview,
      handle: async ({ query: { minutes = usualMinutes } }) =>
        viewOverview(await overview(sources, minutes * 60_000), { now: now(), minutes, declared }),
    }),
    route({
      method: 'post',
      path: '/search',
      operationId: 'search',
      tag: 'Messages',
      summary: 'The journeys of a message, of a customer’s messages or of a conversation’s; without texts',
      body: schemas.searchBody,
      answer: schemas.searchAnswer,
      handle: async ({ body }) => {
        const found = await search(access, questionOf(body), mostMessages);
        return {
          messages: found.messages.map(viewMessage),
          complete: found.complete,
          lanes: [...found.lanes],
          openConversation: found.openConversation ?? null,
        };
      },
    }),
    route({
      method: 'get',
      path: '/lanes',
      operationId: 'listLanes',
      tag: 'Lanes',
      summary: 'Lanes that hold messages',
      query: schemas.lanesQuery,
      answer: schemas.lanes,
      handle: async ({ query: { channel, direction, limit = 100 } }) => {
        const lanes: z.input<typeof schemas.lanes>['lanes'] = [];
        const target =
          channel === undefined || direction === undefined ? undefined : `${direction}:${channel}`;
        for await (const lane of new WaitingLanes(redis, keys).list(target)) {
          const view = viewLane(lane);
          if ((channel ?? view.channel) !== view.channel || (direction ?? view.direction) !== view.direction)
            continue;
          if (lanes.length === limit) return { lanes, complete: false };
          lanes.push(view);
        }
        return { lanes, complete: true };
      },
    }),
    route({
      method: 'get',
      path: '/lanes/{lane}',
      operationId: 'showLane',
      tag: 'Lanes',
      summary: 'One lane and the ids of its messages',
      params: schemas.laneParams,
      answer: schemas.laneDetail,
      refusals: ['not-found'],
      handle: async ({ params: { lane: name } }) => {
        const waiting = new WaitingLanes(redis, keys);
        const lane = await waiting.get(name);
        if (lane === undefined) throw noLane();
        const messages = await waiting.messages(name);
        return {
          ...viewLane(lane),
          messages: messages.map(({ id, acceptedAt }) => ({
            id,
            acceptedAt: new Date(acceptedAt).toISOString(),
          })),
        };
      },
    }),
    route({
      method: 'get',
      path: '/channels',
      operationId: 'listChannels',
      tag: 'Channels',
      summary: 'The configured channels, and whether they are delivered to',
      answer: schemas.channels,
      handle: async () => ({ channels: [...(await listGates(access, channels))] }),
    }),
    route({
      method: 'get',
      path: '/provisioning',
      operationId: 'getProvisioning',
      tag: 'Provisioning',
      summary: 'Whether eGain was as the configuration declares it when somebody last looked',
      answer: schemas.provisioning,
      handle: async () => viewProvisioning(await readDrift(redis, keys.prefix), declared),
    }),
  ];
}

export function noLane(): Refusal {
  return new Refusal('not-found', 'lane: there is none of this name that holds messages');
}

function questionOf(body: z.output<typeof schemas.searchBody>): Question {
  if ('message' in body) return { by: 'message', id: body.message, channel: body.channel };
  if ('customer' in body) return { by: 'customer', channel: body.channel, customerId: body.customer };
  return { by: 'conversation', conversationId: body.conversation };
}
