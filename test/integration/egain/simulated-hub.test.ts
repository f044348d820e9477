import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { createCallbackAuthenticator } from '../../../src/egain/callback/authenticator.js';
import { createTokenIssuer } from '../../../src/egain/callback/token-issuer.js';
import { createEgainClient, type EgainClient } from '../../../src/egain/client.js';
import { EgainError } from '../../../src/egain/errors.js';
import { outcomeOf } from '../../../src/egain/outcome.js';
import { parseCallback } from '../../../src/egain/parse-callback.js';
import { conversationIdOf } from '../../../src/egain/send-messages.js';
import { createTokenSource, type TokenSource } from '../../../src/egain/token/token-source.js';
import { translateInbound } from '../../../src/egain/translate-inbound.js';
import { translateOutbound, type TranslatedOutbound } from '../../../src/egain/translate-outbound.js';
import { htmlToText } from '../../../src/messages/html.js';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { startRedis, type RunningRedis } from './support/redis-server.js';
import { listen, readAll } from './support/token-endpoint.js';

/**
 * Both sides of the contract, written by different hands, against each other: token, messages, callbacks with a token
 * of our own, and what goes wrong.
 */
const clientSecret = 'simulated-client-secret';
const hubSecret = 'secret-of-the-hub-at-ours';
const keys = [{ kid: 'k1', secret: 'a-signing-secret-of-32-characters' }];
const channel = { name: 'support', type: 'custom.support', address: 'acme-support' };
const customer = { id: 'u-42', name: 'Dana' };

let redis: RunningRedis;
let ours: Server;
let simulator: Simulator;
let agent: Agent;
let token: TokenSource;
let client: EgainClient;
let arrived: TranslatedOutbound[];
let refusedCallbacks: number;

beforeEach(async () => {
  arrived = [];
  refusedCallbacks = 0;
  redis = await startRedis();
  const issue = createTokenIssuer({ clients: [{ id: 'hub', secret: hubSecret }], keys });
  const authenticate = createCallbackAuthenticator({ methods: [{ type: 'token', keys }] });
  ours = createServer((request, response) => {
    void readAll(request).then(async (text) => {
      if (request.url === '/egain/token') {
        const answer = await issue(request.headers, text);
        response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
        return;
      }
      const verdict = await authenticate(request.headers);
      if (!verdict.ok) {
        refusedCallbacks += 1;
        response.writeHead(401, { 'www-authenticate': verdict.wwwAuthenticate }).end();
        return;
      }
      const parsed = parseCallback(JSON.parse(text));
      for (const item of parsed.ok ? parsed.items : []) {
        if (item.ok) arrived.push(translateOutbound(item.message, { ...item, htmlToText }));
      }
      response.writeHead(200).end();
    });
  });
  const origin = `http://127.0.0.1:${await listen(ours)}`;
  simulator = await startSimulator({
    clients: [
      {
        id: 'client-1',
        secret: clientSecret,
        scopes: [
          'app.conversation.conversationmgr.manage',
          'app.conversation.conversationmgr.interaction.manage',
        ],
      },
    ],
    setup: {
      callback: {
        url: `${origin}/egain/callback`,
        authentication: {
          type: 'oauth2',
          tokenRequestUrl: `${origin}/egain/token`,
          headers: [{ name: 'Content-Type', value: 'application/json' }],
          payload: JSON.stringify({ clientId: 'hub', clientSecret: hubSecret }),
          accessTokenPath: '$.accessToken',
        },
      },
      accounts: [{ channel: channel.type, address: channel.address }],
    },
  });
  agent = new Agent();
  token = createTokenSource({
    redis: redis.connect(),
    keyPrefix: 'test:',
    url: simulator.tokenUrl,
    clientId: 'client-1',
    credentials: { method: 'form', clientSecret },
    scope: 'https://api.egain.cloud/auth/.default',
  });
  client = createEgainClient({ apiUrl: simulator.url, token, dispatcher: agent, timeoutMs: 2000 });
});
afterEach(async () => {
  token.close();
  await agent.destroy();
  await simulator.close();
  ours.closeAllConnections();
  await new Promise((resolve) => ours.close(resolve));
  await redis.stop();
});

async function say(id: string, text: string, conversationId?: string): Promise<string> {
  const answer = await client.sendMessages(
    translateInbound({ id, type: 'text', customer, text }, { channel, conversationId }),
  );
  const found = conversationIdOf(answer);
  if (found === undefined) throw new Error('no conversation');
  return found;
}

async function failureOf(work: Promise<unknown>): Promise<EgainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgainError)) throw new Error('expected an EgainError', { cause: error });
  return error;
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 500 && !condition(); n += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!condition()) throw new Error('did not happen in time');
}

describe('a conversation with the simulated hub', () => {
  test('begins, goes on both ways and ends', async () => {
    const conversationId = await say('m-1', 'Where is my parcel?');
    expect(await say('m-2', 'Hello?', conversationId)).toBe(conversationId);
    simulator.control.act(conversationId, { do: 'html', html: '<p>It is <b>here</b>.</p>' });
    await until(() => arrived.some((one) => one.kind === 'message' && one.message.type === 'text'));
    const text = arrived.find((one) => one.kind === 'message' && one.message.type === 'text');
    expect(text).toMatchObject({
      message: { conversationId, text: 'It is here.', html: '<p>It is <b>here</b>.</p>' },
    });
    simulator.control.act(conversationId, { do: 'end' });
    await until(() =>
      arrived.some((one) => one.kind === 'message' && one.message.type === 'conversation.end'),
    );
    expect(refusedCallbacks).toBe(0);
    expect(simulator.state.tokens.issued).toBe(1);
  });

  test('when it is over, eGain says start anew', async () => {
    const conversationId = await say('m-1', 'Hi');
    simulator.control.kill(conversationId);
    expect(outcomeOf(await failureOf(say('m-2', 'Still there?', conversationId))).kind).toBe('start-anew');
    expect(await say('m-2', 'Still there?')).not.toBe(conversationId);
  });

  test('can be read once it is over', async () => {
    const conversationId = await say('m-1', 'Where is my parcel?');
    simulator.control.act(conversationId, { do: 'end' });
    const history = await client.conversations.fetch(conversationId);
    expect(history).toMatchObject({ id: conversationId, account: { address: channel.address } });
    expect(history.messages?.message?.[0]).toMatchObject({
      messageId: 'm-1',
      content: { text: 'Where is my parcel?' },
      sender: { type: 'customer', participant: { name: 'Dana' } },
    });
  });

  test('I8: a token that was withdrawn is renewed and the message sent once', async () => {
    const conversationId = await say('m-1', 'Hi');
    simulator.control.addFault({ kind: 'status', status: 401, times: 1 });
    expect(await say('m-2', 'Again', conversationId)).toBe(conversationId);
    expect(simulator.state.tokens.issued).toBe(2);
  });

  test.each([
    ['an outage', { kind: 'status', status: 503 }, { kind: 'retry' }],
    ['a limit', { kind: 'throttle', resetInMs: 60_000 }, { kind: 'throttled' }],
    ['a reset after the request', { kind: 'reset', when: 'after' }, { kind: 'uncertain' }],
    ['an answer that breaks off', { kind: 'cut' }, { kind: 'uncertain' }],
    ['half of the JSON of an acceptance', { kind: 'truncate' }, { kind: 'uncertain' }],
    ["a proxy's page with 404", { kind: 'html', status: 404 }, { kind: 'retry' }],
    ['a refusal', { kind: 'status', status: 400, code: '400-143' }, { kind: 'permanent', code: '400-143' }],
  ] as const)('%s is told for what it is', async (_what, fault, outcome) => {
    const conversationId = await say('m-1', 'Hi');
    simulator.control.addFault({ ...fault, operation: 'sendMessage', times: 1 });
    const error = await failureOf(say('m-2', 'Again', conversationId));
    expect(outcomeOf(error)).toMatchObject(outcome);
    if (outcome.kind === 'throttled') expect(error.retryAfterMs).toBeGreaterThan(30_000);
    expect(await say('m-3', 'Still working', conversationId)).toBe(conversationId);
  });
});
