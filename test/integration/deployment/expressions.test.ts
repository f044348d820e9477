import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deploymentTools, type DeploymentTools } from '../../support/deployment-tools.js';
import { expressions } from '../../support/expressions.js';

const found = deploymentTools();
const withTools = found === undefined ? describe.skip : describe;
const tools: DeploymentTools = found ?? { modules: '', helm: '' };

/** What Grafana puts in for its variables. */
const asAsked = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(job|channel)\b/g, '.+');

/** Parses with Prometheus' own grammar; for each expression where it is wrong, or nothing. */
const program = `
  const { parser } = await import(process.argv[1]);
  const wrong = JSON.parse(process.argv[2]).map((expr) => {
    let at;
    parser.parse(expr).iterate({ enter: (node) => { if (node.type.isError) at ??= node.from; } });
    return at === undefined ? '' : expr + ' is wrong at ' + at;
  });
  console.log(JSON.stringify(wrong.filter(Boolean)));`;

function wrong(list: readonly string[]): unknown {
  const grammar = join(tools.modules, '@prometheus-io/lezer-promql/dist/index.es.js');
  const { stdout, stderr } = spawnSync(
    'node',
    ['--input-type=module', '-e', program, `file://${grammar}`, JSON.stringify(list)],
    { encoding: 'utf8' },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

withTools('what is asked of Prometheus', () => {
  test('every expression of alerts, dashboard and chart is PromQL', () => {
    const asked = expressions.map(({ expr }) => expr).filter((expr) => !expr.startsWith('label_values('));
    expect(wrong(asked.map(asAsked))).toEqual([]);
  });

  test('what is no PromQL is found', () => {
    expect(wrong(['sum by (a) (rate(b[5m])', 'rate(b[5 minutes])', 'up'])).toHaveLength(2);
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

/** Debian's package `prometheus` has it; the grammar above is checked in any case. */
(promtool ? test : test.skip)('promtool takes the rules', () => {
  const { status, stdout, stderr } = spawnSync(
    'promtool',
    ['check', 'rules', 'helm/egain-channel-bridge/files/rules.yaml'],
    { encoding: 'utf8' },
  );
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
});
