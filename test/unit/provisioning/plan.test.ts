import fc from 'fast-check';
import type { Tree } from '../../../src/provisioning/kinds.js';
import { differencesIn, type Step } from '../../../src/provisioning/plan.js';
import { planText } from '../../../src/provisioning/print.js';
import { minimal } from '../config/fixture.js';
import { agents, carriedOut, declared, found, idOf, planOf, tenantOf, usual } from './fixture.js';

const restricted =
  minimal.replace(
    'displayName: Support chat',
    `displayName: Support chat, restrictions: { inbound: { maxTextLength: 4000, features: [ attachments, richText ] } },
      l10nProperties: [ { language: en-US, properties: [ { name: msg_hub_off_hours, value: Closed } ] } ]`,
  ) + usual;

const step = (steps: readonly Step[], kind: Step['kind']): Step => {
  const [one] = steps.filter((each) => each.kind === kind);
  if (one === undefined) throw new Error(`no step for ${kind}`);
  return one;
};

/** Fields and values of everything that differs, as the operator reads them. */
const differences = (text: string, change: (kind: Step['kind'], record: Tree) => Tree): string[] => {
  const declaration = declared(text);
  const tenant = carriedOut(planOf(declaration, tenantOf()), change);
  return planText(planOf(declaration, tenant))
    .split('\n')
    .filter((line) => line.startsWith('~'));
};

const only =
  (kind: Step['kind'], change: (record: Tree) => Tree) =>
  (each: Step['kind'], record: Tree): Tree =>
    each === kind ? change(record) : record;

describe('a plan', () => {
  test('creates what is missing, in eGain’s order, and points to what is created before', () => {
    const plan = planOf(declared(restricted), tenantOf());
    expect(plan.problems).toEqual([]);
    expect(plan.steps.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
      'create authentication',
      'create clientApplication',
      'create channel',
      'create orchestration',
      'create account',
    ]);
    expect(step(plan.steps, 'orchestration').body).toMatchObject({
      applications: { agentConfiguration: { agents: [{ id: agents.id }] } },
    });
    expect(planText(plan)).toMatch(/5 to create, 0 to change, 0 left alone\.\n$/);
  });

  test('has nothing to do once it has been carried out', () => {
    const declaration = declared(restricted);
    const after = planOf(declaration, carriedOut(planOf(declaration, tenantOf())));
    expect(after.steps.map(({ action }) => action)).toEqual(Array(5).fill('keep'));
    expect(differencesIn(after)).toBe(0);
    expect(planText(after)).toContain('Nothing to do: eGain has all 5 as declared.');
  });

  test('tells what has drifted field by field, in words', () => {
    const lines = differences(
      restricted,
      only('channel', (record) => ({
        ...record,
        displayName: 'A\u001b[31m',
        active: false,
        restrictions: {
          inbound: { maxTextLength: 10, features: ['richText'], attachmentPolicy: { enabled: true } },
        },
        l10nProperties: [
          { language: 'en-US', properties: [{ name: 'msg_hub_off_hours', value: 'Away' }] },
          { language: 'de-DE', properties: [] },
        ],
      })),
    );
    expect(lines).toEqual([
      '~ channel custom.support: displayName "A\\u001b[31m" → "Support chat"',
      '~ channel custom.support: active false → true',
      '~ channel custom.support: l10nProperties[en-US].properties[msg_hub_off_hours].value "Away" → "Closed"',
      '~ channel custom.support: l10nProperties[de-DE] "there" → none',
      '~ channel custom.support: restrictions.inbound.maxTextLength 10 → 4000',
      '~ channel custom.support: restrictions.inbound.features "richText" → "attachments, richText"',
      '~ channel custom.support: restrictions.inbound.attachmentPolicy "{…}" → none',
    ]);
  });

  test('names the objects that ids stand for', () => {
    const other = found('channel', { type: 'custom.other' }, 50);
    const declaration = declared(restricted);
    const tenant = carriedOut(
      planOf(declaration, tenantOf()),
      only('account', (record) => ({ ...record, channel: { id: other.id } })),
    );
    const plan = planOf(declaration, { ...tenant, channel: [...tenant.channel, other] });
    expect(planText(plan)).toContain(
      `~ account support: channel.id "custom.other (${other.id})" → "custom.support (${idOf('channel', 2)})"`,
    );
  });

  test('a list in another order, a default left out and an icon with line breaks are no drift', () => {
    const lines = differences(
      restricted,
      only('channel', (record) => ({
        ...record,
        active: undefined,
        icon: String(record['icon']).replaceAll(/(.{60})/g, '$1\r\n'),
        restrictions: { inbound: { maxTextLength: 4000, features: ['richText', 'attachments'] } },
      })),
    );
    expect(lines).toEqual([]);
  });

  test('what is not declared is left alone and kept: unknown fields, other roles, descriptions', () => {
    const declaration = declared(restricted);
    const tenant = carriedOut(
      planOf(declaration, tenantOf()),
      only('clientApplication', (record) => ({
        ...record,
        description: 'made by hand',
        region: { zone: 'eu' },
        roles: [
          { name: 'custom_bot', version: 'v1', callback: 'https://bot.example.com' },
          ...(record['roles'] as Tree[]).map((role) => ({
            ...role,
            callback: 'https://old.example.com',
            retries: 3,
          })),
        ],
      })),
    );
    const { steps } = planOf(declaration, tenant);
    const { changes, body, modified } = step(steps, 'clientApplication');
    expect(changes.map((change) => change.field)).toEqual(['roles[customer].callback']);
    expect(body).toEqual({
      name: 'egain-bridge',
      active: true,
      description: 'made by hand',
      region: { zone: 'eu' },
      roles: [
        { name: 'custom_bot', version: 'v1', callback: 'https://bot.example.com' },
        expect.objectContaining({
          name: 'customer',
          callback: 'https://bridge.example.com/egain/callback',
          retries: 3,
        }),
      ],
    });
    expect(modified).toBe('2026-01-02T00:00:00.000Z');
  });

  test('two objects of one name: an error that names both ids', () => {
    const [first, second] = [1, 2].map((number) => found('orchestration', { name: 'egain-bridge' }, number));
    if (first === undefined || second === undefined) throw new Error('no fixture');
    expect(planOf(declared(), tenantOf(first, second)).problems).toEqual([
      `provisioning: eGain has 2 objects of the name orchestration egain-bridge: ${first.id} and ${second.id}; rename or delete all but one`,
    ]);
  });

  test('an account that would share channel and address is pointed out', () => {
    const declaration = declared();
    const tenant = carriedOut(planOf(declaration, tenantOf()));
    const channel = { id: tenant.channel[0]?.id };
    const rival = found('account', { name: 'older', address: 'acme-support', channel }, 70);
    const plan = planOf(declaration, { ...tenant, account: [rival] });
    expect(plan.notices).toEqual([
      `channels.support.account.address: account older (${rival.id}) has the same channel and address as account support; name: older would adopt it`,
    ]);
  });

  test('whatever eGain has made of an object, the update brings it back to what is declared', () => {
    const declaration = declared(restricted);
    const fresh = planOf(declaration, tenantOf());
    const junk = fc.dictionary(
      fc.constantFrom(
        'displayName',
        'restrictions',
        'l10nProperties',
        'roles',
        'applications',
        'active',
        'address',
        'extra',
        'chatConfigurations',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(junk, (change) => {
        const drifted = carriedOut(fresh, (_kind, record) => ({ ...record, ...(change as Tree) }));
        const plan = planOf(declaration, drifted, true);
        expect(differencesIn(planOf(declaration, carriedOut(plan)))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the agents’ client application', () => {
  test('is found by its role, when one has it', () => {
    const none = planOf(declared(), { ...tenantOf(), clientApplication: [] });
    expect(none.problems).toEqual([
      'provisioning.agent.role: eGain has no client application with the role egain_agent',
    ]);
    const twin = found('clientApplication', { name: 'Agents 2', roles: [{ name: 'egain_agent' }] }, 98);
    expect(planOf(declared(), tenantOf(twin)).problems).toEqual([
      `provisioning.agent.role: several client applications have the role egain_agent: eGain agents (${agents.id}), Agents 2 (${twin.id}); name one in provisioning.agent.id`,
    ]);
  });

  test('or is named by its id, which must exist and have such a role', () => {
    const given = (id: string): string =>
      `${minimal}\nprovisioning: { notificationEmail: a@example.com, agent: { id: ${id} } }\n`;
    const bots = found('clientApplication', { name: 'bots', roles: [{ name: 'custom_bot' }] }, 97);
    const tenant = tenantOf(bots);
    expect(planOf(declared(given(agents.id)), tenant).problems).toEqual([]);
    expect(planOf(declared(given('unknown')), tenant).problems).toEqual([
      'provisioning.agent.id: eGain has no client application with the id unknown',
    ]);
    expect(planOf(declared(given(bots.id)), tenant).problems).toEqual([
      `provisioning.agent.id: client application bots (${bots.id}) has none of the roles egain_agent, custom_agent`,
    ]);
  });
});

describe('bots', () => {
  const withBots = (more: string): string =>
    `${minimal}\nprovisioning: { notificationEmail: a@example.com, ${more} }\n`;
  const application = found('clientApplication', { name: 'bots', roles: [{ name: 'egain_bot' }] }, 60);
  const assistant = found(
    'participant',
    { name: 'VA', type: 'egain_bot', application: { id: application.id } },
    61,
  );

  test('the application behind a participant is looked up', () => {
    const plan = planOf(
      declared(withBots('bots: { participants: [ VA ] }')),
      tenantOf(application, assistant),
    );
    expect(plan.problems).toEqual([]);
    expect(step(plan.steps, 'orchestration').body).toMatchObject({
      applications: {
        botConfiguration: {
          bots: [
            {
              id: application.id,
              participant: { id: assistant.id },
              onEscalation: { agent: { id: agents.id } },
            },
          ],
        },
      },
    });
  });

  test('own participants are declared, and used by the orchestration', () => {
    const own =
      'participants: [ { name: own, application: { name: bots } } ], bots: { participants: [ own ], escalate: false }';
    const plan = planOf(declared(withBots(own)), tenantOf(application));
    expect(plan.problems).toEqual([]);
    expect(step(plan.steps, 'participant').body).toMatchObject({
      type: 'custom_bot',
      application: { id: application.id },
    });
    expect(step(plan.steps, 'orchestration').body).toMatchObject({
      applications: {
        botConfiguration: { bots: [{ id: application.id, participant: { id: { value: 'own' } } }] },
      },
    });
  });

  test('a participant that nobody has is told once', () => {
    const plan = planOf(declared(withBots('bots: { participants: [ nobody ] }')), tenantOf(application));
    expect(plan.problems).toEqual(['provisioning.bots.participants[0]: eGain has no participant nobody']);
  });
});

describe('secrets', () => {
  const password = '0123456789abcdef-callback';
  const shownAs = (value: unknown, more: Tree = {}) =>
    carriedOut(
      planOf(declared(), tenantOf()),
      only('authentication', (record) => ({
        ...record,
        ...more,
        basicAuth: { username: 'egain', password: value },
      })),
    );

  test.each([
    ['********'],
    ['••••••••'],
    [''],
    [undefined],
    [null],
    ['xxxxxx'],
    ['***********back'],
    ['<hidden>'],
  ])('one that eGain shows as %j is unknown: no drift, and never sent back', (value) => {
    const plan = planOf(declared(), shownAs(value));
    expect(step(plan.steps, 'authentication')).toMatchObject({
      action: 'keep',
      changes: [],
      unknown: ['basicAuth.password'],
    });
    expect(planText(plan)).toContain('basicAuth.password unknown, eGain does not show it');
  });

  test('--rotate-secrets sends the one in the configuration', () => {
    const { action, changes, body } = step(
      planOf(declared(), shownAs('********'), true).steps,
      'authentication',
    );
    expect({ action, changes }).toEqual({
      action: 'update',
      changes: [{ field: 'basicAuth.password', as: 'rotated' }],
    });
    expect(body).toMatchObject({ basicAuth: { username: 'egain', password } });
  });

  test('another change that would have to repeat an unknown one asks for --rotate-secrets', () => {
    const tenant = shownAs('********', { active: false });
    expect(planOf(declared(), tenant).problems).toEqual([
      'egain.callback.authentication[0]: authentication egain-bridge-basic differs in active, and a change has to repeat basicAuth.password, which eGain does not show; --rotate-secrets sends the one in the configuration',
    ]);
    expect(planOf(declared(), tenant, true).problems).toEqual([]);
  });

  test('one that eGain shows is compared, and neither side is printed', () => {
    expect(step(planOf(declared(), shownAs(password)).steps, 'authentication')).toMatchObject({
      action: 'keep',
      unknown: [],
    });
    const plan = planOf(declared(), shownAs('another-password'));
    expect(planText(plan)).toContain(
      '~ authentication egain-bridge-basic: basicAuth.password differs (not shown)',
    );
    expect(planText(plan)).not.toMatch(/another-password|0123456789abcdef/);
  });

  test('values of headers are compared and not printed either', () => {
    const text = `${minimal}\nprovisioning: { notificationEmail: a@example.com, headers: [ { name: X-Key, value: new-key } ] }\n`;
    const lines = differences(
      text,
      only('clientApplication', (record) => ({
        ...record,
        roles: (record['roles'] as Tree[]).map((role) => ({
          ...role,
          headers: [{ name: 'X-Key', value: 'old-key' }],
        })),
      })),
    );
    expect(lines).toEqual([
      '~ client application egain-bridge: roles[customer].headers[X-Key].value differs (not shown)',
    ]);
  });
});
