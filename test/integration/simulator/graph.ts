/** A tenant without any objects of ours, and the whole graph of them made through the API. */
import { expect } from '@jest/globals';
import { z } from 'zod';
import { described, problemsOfAnswer } from './openapi.js';
import { type ApiAnswer, type Bench, call, startBench } from './support.js';

export type Fields = Record<string, unknown>;

export interface GraphBench extends Bench {
  /** Calls an operation; whatever comes back must be what the description says. */
  api(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<ApiAnswer>;
  /** @returns the new id */
  create(kind: string, body: unknown): Promise<string>;
  /** Ids by name: authentication, customer, agent, bots, participant, channel, orchestration, account. */
  graph(): Promise<Record<string, string>>;
}

export const basic = (name = 'callback'): Fields => ({
  name,
  type: 'basic',
  basicAuth: { username: 'hub', password: 'secret' },
});
export const application = (name: string, role: string, extra: Fields = {}): Fields => ({
  name,
  roles: [
    {
      name: role,
      version: 'v3',
      callback: 'https://b.example.com/cb',
      notificationEmail: 'a@example.com',
      ...extra,
    },
  ],
});
export const channel = (type = 'custom.chat'): Fields => ({ type, displayName: 'Chat', icon: 'aWNvbg==' });

export async function startGraphBench(): Promise<GraphBench> {
  const bench = await startBench({ setup: { callback: undefined, accounts: [] } });
  const api: GraphBench['api'] = async (method, path, body) => {
    const { token } = bench;
    const answer = await call(method, `${bench.simulator.url}${path}`, {
      token,
      ...(body === undefined ? {} : { body }),
    });
    const plain = path.split('?')[0] ?? '';
    const template = plain.split('/').length > 2 ? `/${plain.split('/')[1] ?? ''}/{id}` : plain;
    const operation = described.find((row) => row.method === method && row.path === template);
    expect(problemsOfAnswer(operation?.operationId ?? 'none', answer.status, answer.json)).toEqual([]);
    return answer;
  };
  const create: GraphBench['create'] = async (kind, body) => {
    const answer = await api('POST', `/${kind}`, body);
    if (answer.status !== 201) throw new Error(answer.text);
    return z.strictObject({ id: z.string().length(36) }).parse(answer.json).id;
  };
  const graph: GraphBench['graph'] = async () => {
    const authentication = await create('authentications', basic());
    const customer = await create(
      'clientapplications',
      application('bridge', 'customer', { authentication: { id: authentication } }),
    );
    const agent = await create('clientapplications', application('agents', 'egain_agent'));
    const bots = await create('clientapplications', application('bots', 'custom_bot'));
    const participant = await create('participants', {
      name: 'Ava',
      type: 'custom_bot',
      application: { id: bots },
    });
    const channelId = await create('channels', channel());
    const orchestration = await create('orchestrations', {
      name: 'o',
      applications: {
        customerConfiguration: { customer: { id: customer } },
        agentConfiguration: { agents: [{ id: agent }] },
        botConfiguration: {
          bots: [{ id: bots, participant: { id: participant }, onEscalation: { agent: { id: agent } } }],
        },
      },
    });
    const account = await create('accounts', {
      name: 'support',
      address: 'acme',
      channel: { id: channelId },
      chatConfigurations: { timeout: 30, orchestration: { id: orchestration }, entryPoint: { id: '1001' } },
    });
    return { authentication, customer, agent, bots, participant, channel: channelId, orchestration, account };
  };
  return { ...bench, api, create, graph };
}
