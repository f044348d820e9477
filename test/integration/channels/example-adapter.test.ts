import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { pagerAdapter, type PagerConfig } from '../../../examples/channel-adapter/pager.js';
import { describeConformance } from './conformance.js';

const page = (fields: object): Buffer =>
  Buffer.from(JSON.stringify({ event_id: 'e-1', event: 'message', pager: '555-0100', ...fields }));

/** The provider is imaginary: what it signs and takes is written down here from its description alone. */
describeConformance<PagerConfig>({
  adapter: pagerAdapter,
  inbound: [page({ text: 'Where is my parcel? 👋' }), page({ text: 'שלום', owner: 'Dana' })],
  unknown: page({ event: 'battery.low' }),
  secretsInRotation: 2,
  toleranceMs: 300_000,
  stranger: {
    config: (url) => ({
      url,
      secrets: ['first-secret-of-the-pager', 'second-secret-of-the-pager'],
      token: 'token-of-the-pager-service',
    }),
    signs: (body, config, at, secretIndex = 0) => {
      const time = String(Math.floor(at / 1000));
      const signature = createHmac('sha256', config.secrets[secretIndex] ?? '')
        .update(Buffer.concat([Buffer.from(`${time}.`), body]))
        .digest('hex');
      return {
        method: 'POST',
        path: '/channels/pager/webhook',
        query: new URLSearchParams(),
        headers: new Map([
          ['pager-time', time],
          ['pager-signature', signature],
        ]),
        body,
      };
    },
    accepts: ({ path, body, headers }, config) => {
      expect(path).toBe('/pages');
      expect(headers['authorization']).toBe(`Bearer ${config.token}`);
      const sent = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
      expect(Object.keys(sent).sort()).toEqual(['reference', 'text', 'to']);
      expect(Array.from(String(sent['text'])).length).toBeLessThanOrEqual(160);
    },
    secrets: (config) => [...config.secrets, config.token],
  },
});
