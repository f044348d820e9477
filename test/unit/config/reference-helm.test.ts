import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { helmValuesSchema, helmValuesTable } from '../../../config/helm/generate.js';
import { chartValues } from '../../../config/helm/values.js';
import { adapters } from '../../../src/channels/index.js';

const inChart = (path: string): string =>
  fileURLToPath(new URL(`../../../helm/egain-channel-bridge/${path}`, import.meta.url));
const read = (path: string): string => readFileSync(inChart(path), 'utf8');
const values: unknown = parse(read('values.yaml'));

/** With UPDATE_REFERENCE=1 the files are written instead of compared. */
function expectUpToDate(path: string, content: string): void {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(inChart(path), content);
  expect(read(path)).toBe(content);
}

describe('what the chart says of its values', () => {
  test('values.schema.json is made from the configuration’s schema and up to date (UPDATE_REFERENCE=1 writes it)', () => {
    expectUpToDate('values.schema.json', helmValuesSchema(adapters));
  });

  test('the table of its README is up to date (UPDATE_REFERENCE=1 writes it)', () => {
    const [before = '', rest = ''] = read('README.md').split('<!-- values -->\n');
    const after = rest.slice(rest.indexOf('<!-- end of values -->'));
    const made = `${before}<!-- values -->\n\n${helmValuesTable(values)}\n\n${after}`;
    expectUpToDate('README.md', made);
  });

  test('every value of values.yaml is one the schema knows, and none is missing', () => {
    const { config, ...own } = values as Record<string, unknown>;
    expect(config).toEqual({});
    expect(chartValues.safeParse(own).error?.issues ?? []).toEqual([]);
  });
});

describe('values.schema.json', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const schema = JSON.parse(helmValuesSchema(adapters)) as object;
  const problems = (given: unknown): string[] => {
    ajv.validate(schema, given);
    return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };

  test('takes the defaults', () => {
    expect(problems(values)).toEqual([]);
  });

  test.each([
    ['a wrong type', { web: { replicas: 'two' } }, '/web/replicas'],
    ['an unknown value', { wbe: {} }, 'additional properties'],
    ['an unknown setting of the bridge', { config: { egain: {}, redsi: {} } }, '/config'],
    [
      'a wrong setting of the bridge',
      { config: { egain: {}, server: { port: 70_000 } } },
      '/config/server/port',
    ],
    [
      'a Redis cluster without nodes',
      { config: { egain: {}, redis: { cluster: {} } } },
      '/config/redis/cluster',
    ],
    ['an ingress without hosts', { ingress: { enabled: true, hosts: [] } }, '/ingress/hosts'],
    ['a digest that is none', { image: { digest: 'latest' } }, '/image/digest'],
    ['a variable without a name', { env: [{ value: 'x' }] }, '/env/0'],
  ])('refuses %s', (_what, given, where) => {
    expect(problems(given).join('\n')).toContain(where);
  });
});
