import { configOf, load, minimal, problemsOf } from './fixture.js';

const withManagement = (management: string) =>
  load(minimal.replace('egain:', `management: ${management}\negain:`));

test('operators may look, and more only where it says so', () => {
  const loaded = withManagement(
    '{ allowedHosts: [ Ops.Example.com ], auth: { users: [ { username: dana, passwords: [ 0123456789abcdef ] } ], tokens: [ { name: reports, tokens: [ 0123456789abcdef ], permissions: [ texts ] } ] } }',
  );
  expect(configOf(loaded).management).toEqual({
    allowedHosts: ['ops.example.com'],
    auth: {
      users: [{ username: 'dana', passwords: ['0123456789abcdef'], permissions: [] }],
      tokens: [{ name: 'reports', tokens: ['0123456789abcdef'], permissions: ['texts'] }],
    },
  });
});

test.each([
  ['{ auth: {} }', 'management.auth: at least one entry in users or tokens'],
  [
    '{ auth: { users: [ { username: a, passwords: [ 0123456789abcdef ] } ], tokens: [ { name: a, tokens: [ 0123456789abcdef ] } ] } }',
    'management.auth: each name once over users and tokens',
  ],
  [
    '{ allowedHosts: [ "https://ops.example.com" ] }',
    'management.allowedHosts[0]: a host name, without scheme and port',
  ],
  ['{ allowedHosts: [ "*" ] }', 'management.allowedHosts[0]: a host name, without scheme and port'],
  ['{ auth: { passwords: [ 0123456789abcdef ] } }', 'management.auth.passwords: no setting of this name'],
])('%s is refused', (management, problem) => {
  expect(problemsOf(withManagement(management))).toEqual(
    expect.arrayContaining([expect.stringContaining(problem)]),
  );
});
