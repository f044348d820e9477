import { describe, expect, jest, test } from '@jest/globals';
import request from 'supertest';
import { guarded, type Handler, type RequestObserver } from '../../../webhooks/handler.js';
import { createPublicApp } from '../../../webhooks/public-app.js';
import { sendJson } from '../../../webhooks/reply.js';

const refused = jest.fn<RequestObserver['refused']>();
const observer: RequestObserver = { refused, accepted: () => undefined, answered: () => undefined };
const tell: Handler = (_request, response, path) => {
  sendJson(response, 200, JSON.stringify({ ...path, query: path.query.toString() }));
  return Promise.resolve();
};
const broken: Handler = () => Promise.reject(new Error('a secret detail'));
const app = createPublicApp(
  {
    callback: guarded('egain', observer, broken),
    channel: guarded('channel', observer, tell),
    token: undefined,
  },
  observer,
);

describe('the public port’s Express application', () => {
  test('hands a route its channel and its query', async () => {
    const answer = await request(app).get('/channels/support/webhook?hub.challenge=1&a=b%20c');
    expect([answer.status, answer.body]).toEqual([
      200,
      { pathname: '/channels/support/webhook', query: 'hub.challenge=1&a=b+c', parameter: 'support' },
    ]);
  });

  test.each([
    '/',
    '/livez',
    '/metrics',
    '/egain',
    '/egain/token',
    '/channels/support',
    '/channels/a/b/webhook',
  ])('there is nothing at %s', async (path) => {
    refused.mockClear();
    const answer = await request(app).post(path).send({ a: 1 });
    expect([answer.status, answer.body]).toEqual([
      404,
      { code: 'not-found', message: 'address: there is nothing here' },
    ]);
    expect(refused.mock.calls).toEqual([['other', 'not-found', undefined]]);
  });

  test.each(['/channels/%/webhook', '/channels/%E0%A4%A/webhook'])('%s is malformed', async (path) => {
    const answer = await request(app).post(path);
    expect([answer.status, answer.body]).toEqual([
      400,
      { code: 'malformed', message: 'address: expected valid escapes' },
    ]);
  });

  test('a fault of our own is told without its details', async () => {
    const answer = await request(app).post('/egain/callback').send({});
    expect([answer.status, answer.body]).toEqual([
      500,
      { code: 'internal-error', message: 'the bridge failed to handle the request' },
    ]);
  });

  test('says nothing about what it is made of, and forbids what nobody needs', async () => {
    const { headers } = await request(app).get('/');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
});
