import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bridgeSchema } from '../../../config/schema.js';
import { loadConfig } from '../../../config/load.js';
import { plainVariables } from '../../../config/environment.js';
import { valueAt } from '../../../config/issues.js';
import { editorSchema, settingsSchema, type JsonNode } from '../../../config/json-schema.js';
import { jsonSchemaReference, markdownReference } from '../../../config/reference.js';
import { adapters } from '../../../src/channels/index.js';
import { configOf, load, minimal, pager, webhook } from './fixture.js';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** With UPDATE_REFERENCE=1 the files are written instead of compared. */
function expectUpToDate(path: string, content: string): void {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(inRepository(path), content);
  expect(readFileSync(inRepository(path), 'utf8')).toBe(content);
}

describe('what is written about the configuration is what the code does', () => {
  test('docs/configuration.md is up to date (UPDATE_REFERENCE=1 writes it)', () => {
    expectUpToDate('docs/configuration.md', markdownReference(adapters));
  });

  test('config/bridge.schema.json is up to date (UPDATE_REFERENCE=1 writes it)', () => {
    expectUpToDate('config/bridge.schema.json', jsonSchemaReference(adapters));
  });

  test('the example loads, with the variables it names', () => {
    const env = {
      OPERATOR_PASSWORD: 'operator-0123456789',
      EGAIN_CLIENT_ID: 'bridge',
      EGAIN_CLIENT_SECRET: 'client-0123456789',
      EGAIN_CALLBACK_PASSWORD: 'callback-0123456789',
      SUPPORT_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      CHAT_SECRET: 'c'.repeat(40),
    };
    const loaded = loadConfig({ file: inRepository('config/examples/bridge.yaml'), env, adapters });
    expect(loaded.ok ? loaded.warnings : loaded.problems).toEqual([]);
  });

  test('every setting is described', () => {
    const silent = settings(settingsSchema(adapters)).filter(({ node }) => (node.description ?? '') === '');
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('every plain variable sets a setting that exists', () => {
    const known = new Set(settings(settingsSchema(adapters)).map(({ path }) => path));
    expect(
      [...plainVariables.values()].map((path) => path.join('.')).filter((path) => !known.has(path)),
    ).toEqual([]);
  });
});

describe('the JSON Schema', () => {
  const json = editorSchema([webhook, pager]);

  test('marks secrets and offers their files', () => {
    const token = properties(properties(properties(json)['egain'])['token']);
    expect(token['clientSecret']).toMatchObject({ writeOnly: true });
    expect(token['clientSecretFile']).toMatchObject({ type: 'string' });
    expect(token['clientIdFile']).toBeUndefined();
  });

  test('never holds a value that would be refused: its defaults are what a configuration gets', () => {
    const config = configOf(load(minimal));
    const defaults = settings(settingsSchema([webhook])).filter(
      ({ path, node }) =>
        node.default !== undefined && node.properties === undefined && !path.includes('channels'),
    );
    expect(defaults.length).toBeGreaterThan(50);
    for (const { path, node } of defaults) {
      const [top = '', ...rest] = path.split('.');
      const optional = /^(?:management\.auth|redis\.(?:sentinel\.)?tls|files\.store|provisioning)/;
      if (path.includes('[') || optional.test(path)) continue;
      expect({ path, value: valueAt(config, [top, ...rest]) }).toEqual({ path, value: node.default });
    }
  });

  test('takes a reference wherever a number is wanted', () => {
    const port = properties(properties(json)['server'])['port'];
    expect(port?.anyOf).toEqual([
      { type: 'integer', minimum: 0, maximum: 65_535 },
      { $ref: '#/definitions/reference' },
    ]);
  });

  test('does not ask for what a plain variable gives', () => {
    expect(properties(properties(json)['egain'])['token']?.required).toBeUndefined();
    expect(bridgeSchema([webhook]).safeParse({}).success).toBe(false);
  });
});

function properties(node: JsonNode | undefined): Readonly<Record<string, JsonNode>> {
  return node?.properties ?? {};
}

/** Every setting below `node`, with its path. */
function settings(node: JsonNode, path = ''): { path: string; node: JsonNode }[] {
  const named = Object.entries(node.properties ?? {}).flatMap(([key, each]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return [{ path: below, node: each }, ...settings(each, below)];
  });
  const items = node.items === undefined ? [] : settings(node.items, `${path}[]`);
  const variants = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((each) => settings(each, path));
  const inner = node.additionalProperties;
  const values = typeof inner === 'object' ? settings(inner, `${path}.<name>`) : [];
  return [...named, ...items, ...variants, ...values];
}
