import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { problemsOf, problemsOfAnswer, problemsOfRequest } from './openapi.js';
import {
  type Bench,
  call,
  codeOf,
  continuing,
  conversationOf,
  startBench,
  startReceiver,
  starting,
  until,
} from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const get = (id: string, headers: Record<string, string> = {}) =>
  call('GET', `${bench.simulator.url}/conversations/${id}`, { token: bench.token, headers });

describe('reading a conversation', () => {
  test('that is over gives customer, account and all messages as described', async () => {
    const { control } = bench.simulator;
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    control.act(id, { do: 'join', name: 'Sam' });
    control.act(id, { do: 'text', text: 'hi' });
    await bench.send(continuing('m-2', '', id, { type: { value: 'conversation.end' } }));
    const answer = await get(id);
    expect(problemsOfAnswer('fetchConversation', answer.status, answer.json)).toEqual([]);
    expect(answer.json).toMatchObject({
      id,
      account: { address: 'acme-support', channel: { type: 'custom.support' } },
      conversationContact: 'phone.mobile',
      entryPoint: { id: '1001' },
      customer: { name: 'Dana' },
      messages: {
        message: [
          { messageId: 'm-1', content: { text: 'hello' }, status: 'sent' },
          { type: { value: 'agent.join' } },
          { content: { html: 'hi' }, recipients: { recipient: [{ type: 'customer' }] } },
          { type: { value: 'conversation.end' } },
        ],
      },
    });
  });

  test('that goes on, or that never was, gives 404-101', async () => {
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    expect(codeOf(await get(id))).toBe('404-101');
    expect(codeOf(await get('3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901'))).toBe('404-101');
  });

  test('minds Accept-Language by switch only', async () => {
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.kill(id);
    expect((await get(id, { 'accept-language': 'gibberish' })).status).toBe(200);
    bench.simulator.control.setSwitches({ checkAcceptLanguage: true });
    const answer = await get(id, { 'accept-language': 'gibberish' });
    expect([answer.status, codeOf(answer)]).toEqual([406, '406-100']);
    expect((await get(id, { 'accept-language': 'en-us' })).status).toBe(200);
  });
});

test('what is sent and what comes back is as described, whatever the switches', async () => {
  const { control } = bench.simulator;
  control.setSwitches({ deduplicate: true, callbackCustomer: true, echoToSender: true, literalEnd: 'also' });
  const start = starting('m-1', 'hello');
  expect(problemsOfRequest('sendMessage', { messages: { message: [start] } })).toEqual([]);
  const answers = [
    await bench.send(start),
    await bench.send(start),
    await bench.send({ ...start, type: {} }),
  ];
  for (const { status, json } of answers) expect(problemsOfAnswer('sendMessage', status, json)).toEqual([]);
  const id = conversationOf(await bench.send(start));
  const rich = {
    type: 'list',
    list: { sections: [{ title: 'Orders', items: [{ id: 'o', title: 'A-100' }] }] },
  };
  control.act(id, { do: 'join' });
  for (const agentTextField of ['html', 'text', 'json'] as const) {
    control.setSwitches({ agentTextField });
    control.act(id, { do: 'text', text: 'hi' });
  }
  control.act(id, { do: 'rich', kind: 'listpicker', json: rich });
  control.act(id, { do: 'file', files: [{ name: 'a.pdf', url: 'https://files.example.com/a' }] });
  control.act(id, { do: 'system', text: 'note' });
  control.act(id, { do: 'escalate' });
  control.act(id, { do: 'end' });
  await control.whenIdle();
  expect(bench.receiver.received.length).toBeGreaterThan(9);
  for (const { raw } of bench.receiver.received)
    expect(problemsOf('CallbackPayload', JSON.parse(raw))).toEqual([]);
});

test("an agent application with a callback of its own gets what customers write, and its answers reach the customer's", async () => {
  const desk = await startReceiver();
  const { resources } = bench.simulator.state;
  const app = resources.clientapplications.create({
    name: 'own desk',
    active: true,
    roles: [{ name: 'custom_agent', version: 'v3', callback: desk.url, notificationEmail: 'a@example.com' }],
  });
  for (const orchestration of resources.orchestrations.all()) {
    const applications = { ...orchestration.applications, agentConfiguration: { agents: [{ id: app.id }] } };
    resources.orchestrations.replace(orchestration.id, { ...orchestration, applications });
  }
  const id = conversationOf(await bench.send(starting('m-1', 'hello')));
  await bench.simulator.control.whenIdle();
  expect(desk.messages().map(({ messageId, conversation }) => [messageId, conversation.id])).toEqual([
    ['m-1', id],
  ]);
  await bench.send(
    continuing('a-1', 'hi', id, { sender: { type: 'custom_agent', participant: { name: 'Kim' } } }),
  );
  await bench.simulator.control.whenIdle();
  expect(bench.receiver.texts()).toEqual(['hi']);
  await desk.close();
});

test('hundreds of messages per second leave a record that adds up', async () => {
  const { control } = bench.simulator;
  control.setSwitches({ deduplicate: true });
  control.useResponder({ agent: { name: 'Sam', replies: [{ text: 'echo {text}' }] } });
  control.addFault({ kind: 'reset', when: 'after', operation: 'sendMessage', probability: 0.05 });
  control.addFault({ kind: 'status', status: 503, operation: 'sendMessage', probability: 0.05 });
  const customer = async (user: number): Promise<void> => {
    let conversation: string | undefined;
    for (let n = 0; n < 20; n += 1) {
      const [id, text] = [`m-${n}`, `${user}/${n}`];
      for (;;) {
        const message =
          conversation === undefined ? starting(id, text, String(user)) : continuing(id, text, conversation);
        const answer = await bench.send(message).catch(() => undefined);
        if (answer?.status !== 202) continue;
        conversation = conversationOf(answer);
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, user) => customer(user)));
  const echoes = () => bench.receiver.texts().filter((text) => text?.startsWith('echo '));
  await until('the last echo', () => echoes().length >= 400);
  await control.whenIdle();
  const records = bench.simulator.records();
  const inbound = records.flatMap((record) =>
    record.kind === 'message' && record.direction === 'inbound' && !record.duplicate ? [record.text] : [],
  );
  expect(inbound).toHaveLength(400);
  expect(new Set(inbound).size).toBe(400);
  expect(control.conversations()).toHaveLength(20);
  for (const { messages, contact } of control.conversations()) {
    const texts = messages.flatMap(({ sender, content }) =>
      sender.type === 'customer' ? [content?.text] : [],
    );
    const user = z.string().parse(contact.split(':')[1]);
    expect(texts).toEqual(Array.from({ length: 20 }, (_, n) => `${user}/${n}`));
  }
  expect(new Set(echoes()).size).toBe(400);
  expect(echoes()).toHaveLength(400);
});
