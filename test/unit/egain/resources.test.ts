import { describe, expect, test } from '@jest/globals';
import { accounts } from '../../../src/egain/accounts.js';
import { assets } from '../../../src/egain/assets.js';
import { authentications } from '../../../src/egain/authentications.js';
import { channels } from '../../../src/egain/channels.js';
import { clientApplications } from '../../../src/egain/client-applications.js';
import { EgainError } from '../../../src/egain/errors.js';
import type { EgainCall, EgainTransport } from '../../../src/egain/http.js';
import { orchestrations } from '../../../src/egain/orchestrations.js';
import { pagingDefaults } from '../../../src/egain/paging.js';
import { participants } from '../../../src/egain/participants.js';
import type { Resource } from '../../../src/egain/resource.js';
import { Agent } from 'undici';

const uuid = '2b5d3f60-9f6e-4c36-8f21-77a1d0a3c5e4';
type Sent = EgainCall & { readonly operation: string };

/** Notes what would leave and answers from a list; the real transport has tests of its own. */
function recorder(...answers: unknown[]): { readonly sent: Sent[]; readonly transport: EgainTransport } {
  const sent: Sent[] = [];
  return {
    sent,
    transport: {
      request: (operation, call) => {
        sent.push({ operation, ...call });
        return Promise.resolve({ status: 200, headers: {}, body: answers.shift() });
      },
    },
  };
}

async function failure(work: Promise<unknown>): Promise<EgainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgainError)) throw new Error('expected an EgainError', { cause: error });
  return error;
}

async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

interface Case {
  readonly make: (transport: EgainTransport) => Resource<object, { readonly id: string }>;
  readonly path: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
  readonly singular: string;
  readonly plural: string;
}
/** The resources differ in their bodies; a test that sends wrong ones on purpose has to look past that. */
const kind = <Body extends object, Item extends { readonly id: string }>(
  make: (transport: EgainTransport, paging: typeof pagingDefaults) => Resource<Body, Item>,
): Case['make'] => {
  return (transport) => {
    const made = make(transport, pagingDefaults);
    return {
      ...made,
      create: (body) => made.create(body as Body),
      update: (id, body) => made.update(id, body as Body),
    };
  };
};

const cases: Readonly<Record<string, Case>> = {
  authentications: {
    make: kind(authentications),
    path: '/authentications',
    key: 'authentication',
    singular: 'Authentication',
    plural: 'Authentication',
    body: { name: 'basic', type: 'basic', basicAuth: { username: 'hub', password: 'change-me' } },
  },
  clientApplications: {
    make: kind(clientApplications),
    path: '/clientapplications',
    key: 'clientApplication',
    singular: 'ClientApplication',
    plural: 'ClientApplication',
    body: {
      name: 'bridge',
      roles: [
        {
          name: 'customer',
          version: 'v3',
          callback: 'https://bridge.example.com/egain/callback',
          notificationEmail: 'oncall@example.com',
          headers: [{ name: 'X-Tenant', value: 'acme' }],
          authentication: { id: uuid },
        },
      ],
    },
  },
  participants: {
    make: kind(participants),
    path: '/participants',
    key: 'participant',
    singular: 'Participant',
    plural: 'Participant',
    body: { name: 'order-bot', type: 'custom_bot', application: { id: uuid } },
  },
  channels: {
    make: kind(channels),
    path: '/channels',
    key: 'channel',
    singular: 'Channel',
    plural: 'Channels',
    body: { type: 'custom.teams', displayName: 'Teams', icon: 'iVBORw0KGgo=' },
  },
  orchestrations: {
    make: kind(orchestrations),
    path: '/orchestrations',
    key: 'orchestration',
    singular: 'Orchestration',
    plural: 'Orchestration',
    body: { name: 'direct', applications: { agentConfiguration: { agents: [{ id: uuid }] } } },
  },
  accounts: {
    make: kind(accounts),
    path: '/accounts',
    key: 'account',
    singular: 'Account',
    plural: 'Accounts',
    body: {
      name: 'support',
      address: 'acme',
      channel: { id: uuid },
      chatConfigurations: { timeout: 30, entryPoint: { id: '1001' } },
    },
  },
};

describe.each(Object.entries(cases))('%s', (_name, { make, path, key, body, singular, plural }) => {
  test('has the five operations of its kind', async () => {
    const record = { id: uuid, ...body };
    const { sent, transport } = recorder({ id: uuid, secret: 's' }, record, { [key]: [record] });
    const resource = make(transport);
    expect(await resource.create(body)).toEqual({ id: uuid, secret: 's' });
    expect(await resource.get(uuid)).toEqual(record);
    expect(await all(resource.list())).toEqual([record]);
    await resource.update(uuid, { ...body, modified: '2026-01-01T00:00:00.000Z' });
    await resource.delete('a/b');
    expect(sent.map(({ operation, method, path: at }) => [operation, method, at])).toEqual([
      [`create${singular}`, 'POST', path],
      [`get${singular}`, 'GET', `${path}/${uuid}`],
      [`getAll${plural}`, 'GET', path],
      [`update${singular}`, 'PUT', `${path}/${uuid}`],
      [`delete${singular}`, 'DELETE', `${path}/a%2Fb`],
    ]);
    expect(sent[0]?.body).toEqual(body);
    expect(sent[3]?.body).toEqual({ ...body, modified: '2026-01-01T00:00:00.000Z' });
  });

  test('keeps unknown fields in both directions', async () => {
    const more = { ...body, surprise: { deep: [1] } };
    const { sent, transport } = recorder({ id: uuid }, { id: uuid, ...more });
    await make(transport).create(more);
    expect(sent[0]?.body).toEqual(more);
    expect(await make(transport).get(uuid)).toMatchObject(more);
  });

  test('names every field that is missing, before anything leaves', async () => {
    const { sent, transport } = recorder();
    const error = await failure(make(transport).create(key === 'authentication' ? { type: 'basic' } : {}));
    const required = Object.keys(body).filter(
      (name) => name !== 'type' || key === 'channel' || key === 'participant',
    );
    expect(error).toMatchObject({ kind: 'invalid-request', retryable: false });
    for (const name of required) {
      expect(error.message).toContain(`${name}: expected`);
      expect(error.details).toContainEqual(expect.objectContaining({ key: name }));
    }
    expect(sent).toEqual([]);
  });

  test('reads records that eGain fills with null', async () => {
    const nulls = Object.fromEntries(Object.keys(body).map((name) => [name, null]));
    const { transport } = recorder({ id: uuid, ...nulls });
    expect(await make(transport).get(uuid)).toMatchObject({ id: uuid });
  });

  test("refuses what is no record of eGain's", async () => {
    const { transport } = recorder('<html>', { id: 7 }, { [key]: 'x' });
    const resource = make(transport);
    expect((await failure(resource.get(uuid))).kind).toBe('not-egain');
    expect((await failure(resource.create(body))).kind).toBe('not-egain');
    expect((await failure(all(resource.list()))).kind).toBe('not-egain');
  });
});

describe('a request is held to the documented limits', () => {
  const long = (length: number): string => 'x'.repeat(length);
  const role = {
    name: 'customer',
    version: 'v3',
    callback: 'https://b.example/c',
    notificationEmail: 'a@b.example',
  };
  const property = { language: 'en-US', properties: [{ name: 'msg_hub_off_hours', value: 'Closed' }] };
  const pair = { name: 'a', value: 'b' };

  test.each([
    ['channels', { displayName: long(256) }, 'displayName: expected a text of 1 to 255 characters'],
    ['channels', { description: '' }, 'description: expected a text of 1 to 1023 characters'],
    ['channels', { icon: long(512_001) }, 'icon: expected a text of 1 to 512000 characters'],
    ['channels', { icon: 'no base64!' }, 'icon: expected an image in base64'],
    ['channels', { l10nProperties: [] }, 'l10nProperties: expected a list of 1 to 25 entries'],
    ['channels', { l10nProperties: Array.from({ length: 26 }, () => property) }, 'a list of 1 to 25 entries'],
    [
      'channels',
      { restrictions: { inbound: { maxTextLength: 0 } } },
      'restrictions.inbound.maxTextLength: expected a whole number from 1',
    ],
    [
      'channels',
      { restrictions: { outbound: { attachmentPolicy: { type: 'some' } } } },
      'restrictions.outbound.attachmentPolicy.type: expected one of allow, block',
    ],
    ['clientApplications', { roles: [] }, 'roles: expected a list of 1 to 7 entries'],
    ['clientApplications', { roles: [role, role] }, 'roles: expected each role name only once'],
    [
      'clientApplications',
      { roles: [{ ...role, version: 'v2' }] },
      'roles.0.version: expected one of v1, v3',
    ],
    ['clientApplications', { roles: [{ ...role, callback: 'x' }] }, 'roles.0.callback: expected a URL'],
    ['clientApplications', { roles: [{ ...role, authentication: { id: 'x' } }] }, 'an id of 36 characters'],
    [
      'participants',
      { options: Array.from({ length: 26 }, () => pair) },
      'options: expected a list of 1 to 25 entries',
    ],
    ['participants', { intents: {} }, 'intents.intent: expected a list of intents'],
    ['orchestrations', { applications: {} }, 'applications: expected botConfiguration or agentConfiguration'],
    [
      'orchestrations',
      { applications: { botConfiguration: { bots: [{ id: uuid }] } } },
      'applications.botConfiguration.bots.0.participant: expected an object',
    ],
    [
      'accounts',
      { options: Array.from({ length: 11 }, () => pair) },
      'options: expected a list of 1 to 10 entries',
    ],
    [
      'accounts',
      { chatConfigurations: { timeout: -1 } },
      'chatConfigurations.timeout: expected a number from 0',
    ],
    [
      'accounts',
      { chatConfigurations: { onAgentUnavailability: 'x' } },
      'one of off_hours, retain_and_retry',
    ],
    ['authentications', { type: 'digest' }, 'type: expected type oauth2 or basic'],
    ['authentications', { type: 'oauth2' }, 'oauth2: expected an object'],
  ])('%s %j', async (name, change, message) => {
    const { sent, transport } = recorder();
    const error = await failure(
      cases[name]?.make(transport).create({ ...cases[name].body, ...change }) ?? Promise.resolve(),
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('xxx');
    expect(sent).toEqual([]);
  });

  test.each([
    [{ size: 0 }, 'size'],
    [{ size: 10_485_761 }, 'size: expected a whole number from 1 to 10485760'],
    [{ name: 'no-extension' }, 'name: expected a name with extension'],
    [{ name: `${long(260)}.png` }, 'name: expected a text of 1 to 255 characters'],
    [{ channel: undefined }, 'channel: expected an object'],
  ])('an asset with %j', async (change, message) => {
    const { sent, transport } = recorder();
    const files = assets(transport, {
      dispatcher: new Agent(),
      now: Date.now,
      idleTimeoutMs: 1,
      uploadMode: 'post-raw',
      refetch: true,
      maxDownloadBytes: 1,
    });
    const body = { channel: { type: 'c' }, sender: { type: 'customer' }, name: 'a.png', size: 1 };
    const error = await failure(files.create({ ...body, ...change } as typeof body));
    expect(error.message).toContain(message);
    expect(sent).toEqual([]);
  });
});

describe('a list', () => {
  const record = (n: number) => ({ id: `id-${n}` });
  const page = (pagenum: number, count: number, ids: number[]) => ({
    paginationInfo: { count, pagenum, pagesize: 2 },
    channel: ids.map(record),
  });
  const list = (transport: EgainTransport) => channels(transport, pagingDefaults).list();

  test('is followed page by page, and asks for pages only when there are more', async () => {
    const { sent, transport } = recorder(page(1, 5, [1, 2]), page(2, 5, [3, 4]), page(3, 5, [5]));
    expect((await all(list(transport))).map(({ id }) => id)).toEqual([
      'id-1',
      'id-2',
      'id-3',
      'id-4',
      'id-5',
    ]);
    expect(sent.map(({ query }) => query)).toEqual([
      {},
      { $pagenum: 2, $pagesize: 2 },
      { $pagenum: 3, $pagesize: 2 },
    ]);
  });

  test('takes other names for the parameters', async () => {
    const { sent, transport } = recorder(page(1, 3, [1, 2]), page(2, 3, [3]));
    await all(channels(transport, { pageNumberParameter: 'p', pageSizeParameter: 's' }).list());
    expect(sent[1]?.query).toEqual({ p: 2, s: 2 });
  });

  test('asks no further than the caller reads', async () => {
    const { sent, transport } = recorder(page(1, 4, [1, 2]), page(2, 4, [3, 4]));
    for await (const item of list(transport)) {
      expect(item.id).toBe('id-1');
      break;
    }
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['no paginationInfo', { channel: [record(1)] }, 1],
    ['nothing at all', undefined, 0],
    ['an empty object', {}, 0],
    [
      'counts as text',
      { paginationInfo: { count: '1', pagenum: '1', pagesize: '75' }, channel: [record(1)] },
      1,
    ],
    ['strange paginationInfo', { paginationInfo: 'x', channel: [record(1)] }, 1],
  ])('%s', async (_what, body, count) => {
    const { sent, transport } = recorder(body);
    expect(await all(list(transport))).toHaveLength(count);
    expect(sent).toHaveLength(1);
  });

  test('half of it is never passed off as the whole', async () => {
    const ignoring = recorder(page(1, 5, [1, 2]), page(1, 5, [1, 2]));
    expect((await failure(all(list(ignoring.transport)))).message).toContain('$pagenum');
    const unnamed = recorder({
      paginationInfo: { count: 3, pagenum: 1, pagesize: 75 },
      channels: [record(1)],
    });
    expect((await failure(all(list(unnamed.transport)))).kind).toBe('not-egain');
  });
});
