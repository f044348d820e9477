/** Operations that change something, besides those on dead letters. */
import { setGates } from '../../src/operators/gates.js';
import { skipHead } from '../../src/operators/skip-head.js';
import { listGates } from '../../src/operators/gates.js';
import { Refusal, unavailable } from '../reply.js';
import { noLane } from './look-routes.js';
import type { ApiParts } from './parts.js';
import { route, type Route } from './route.js';
import * as schemas from './schemas.js';
import { viewProvisioning } from './views.js';

export function actRoutes(parts: ApiParts): readonly Route[] {
  const { access, channels, declared, checkDrift, audit } = parts;
  return [
    route({
      method: 'post',
      path: '/lanes/{lane}/skip',
      operationId: 'skipHead',
      tag: 'Lanes',
      summary: 'Make the head of a lane a dead letter, so that the lane goes on',
      params: schemas.laneParams,
      answer: schemas.skipped,
      refusals: ['not-found', 'unprocessable'],
      handle: async ({ params: { lane } }, { operator }) => {
        const deadLetter = await skipHead(access, lane);
        if (deadLetter === 'none') throw noLane();
        if (deadLetter === 'moved')
          throw new Refusal('unprocessable', 'lane: its head has just gone by itself: look again');
        audit({ operator: operator.name, action: 'lanes.skip', count: 1, lane, deadLetter });
        return { deadLetter };
      },
    }),
    ...(['pause', 'resume'] as const).map((act) =>
      route({
        method: 'post',
        path: `/channels/{channel}/${act}`,
        operationId: `${act}Channel`,
        tag: 'Channels',
        summary: act === 'pause' ? 'Keep what arrives and deliver nothing until resumed' : 'Deliver again',
        params: schemas.channelParams,
        body: schemas.directions,
        answer: schemas.channels,
        refusals: ['not-found'],
        handle: async ({ params: { channel }, body: { direction } }, { operator }) => {
          if (channels[channel] === undefined)
            throw new Refusal('not-found', 'channel: there is none of this name in the configuration');
          const ways = direction === 'both' ? (['in', 'out'] as const) : [direction];
          await setGates(access, act, channel, ways);
          audit({
            operator: operator.name,
            action: `channels.${act}`,
            count: ways.length,
            channel,
            direction,
          });
          return { channels: [...(await listGates(access, channels))] };
        },
      }),
    ),
    route({
      method: 'post',
      path: '/provisioning/check',
      operationId: 'checkProvisioning',
      tag: 'Provisioning',
      summary: 'Compare eGain with what the configuration declares; changes nothing there',
      answer: schemas.provisioning,
      refusals: ['unprocessable'],
      handle: async (_input, { operator, signal }) => {
        if (!declared)
          throw new Refusal(
            'unprocessable',
            'provisioning: the configuration declares nothing of eGain’s side',
          );
        audit({ operator: operator.name, action: 'provisioning.check' });
        const drift = await checkDrift(signal).catch((error: unknown) => {
          throw unavailable('eGain could not be compared with the configuration', 10, error);
        });
        return viewProvisioning(drift, declared);
      },
    }),
  ];
}
