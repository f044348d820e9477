import { makeDestruction } from '../../../src/provisioning/destruction.js';
import { carriedOut, declared, found, planOf, tenantOf } from './fixture.js';

const declaration = declared();
const tenant = carriedOut(planOf(declaration, tenantOf()));

describe('a destroy', () => {
  test('goes the other way round and touches only what is declared', () => {
    const stranger = found('channel', { type: 'custom.other' }, 80);
    const { targets, missing, problems } = makeDestruction(declaration, {
      ...tenant,
      channel: [...tenant.channel, stranger],
    });
    expect(targets.map(({ kind, key }) => [kind, key])).toEqual([
      ['account', 'support'],
      ['orchestration', 'egain-bridge'],
      ['channel', 'custom.support'],
      ['clientApplication', 'egain-bridge'],
      ['authentication', 'egain-bridge-basic'],
    ]);
    expect({ missing, problems }).toEqual({ missing: [], problems: [] });
  });

  test('says what is not there', () => {
    const { targets, missing } = makeDestruction(declaration, { ...tenant, account: [] });
    expect(targets).toHaveLength(4);
    expect(missing).toEqual(['account support']);
  });

  test('says who else uses what would go, before anything has gone', () => {
    const channel = { id: tenant.channel[0]?.id };
    const other = found('account', { name: 'other', channel }, 81);
    const agentsOf = {
      name: 'other',
      applications: { customerConfiguration: { customer: { id: tenant.clientApplication[1]?.id } } },
    };
    const orchestration = found('orchestration', agentsOf, 82);
    const { problems } = makeDestruction(declaration, {
      ...tenant,
      account: [...tenant.account, other],
      orchestration: [...tenant.orchestration, orchestration],
    });
    expect(problems).toEqual([
      `channel custom.support is in use by account other (${other.id}), which the configuration does not declare: change or delete that first`,
      `client application egain-bridge is in use by orchestration other (${orchestration.id}), which the configuration does not declare: change or delete that first`,
    ]);
  });

  test('does not choose between two objects of one name', () => {
    const twin = found('account', { name: 'support' }, 83);
    const { problems } = makeDestruction(declaration, { ...tenant, account: [...tenant.account, twin] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${tenant.account[0]?.id ?? ''} and ${twin.id}`);
  });
});
