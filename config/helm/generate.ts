/** The Helm chart's values.schema.json and the table of its README, from the same schemas as everything else. */
import * as z from 'zod';
import { editorSchema, type JsonNode } from '../json-schema.js';
import { code, table } from '../markdown.js';
import { prettyJson } from '../pretty-json.js';
import type { AdapterSettings } from '../schema.js';
import { isRecord } from '../schema/fields.js';
import { chartValues } from './values.js';

const draft = 'http://json-schema.org/draft-07/schema#';

/** `helm/egain-channel-bridge/values.schema.json`. */
export function helmValuesSchema(adapters: readonly AdapterSettings[]): string {
  const { definitions, ...editor } = editorSchema(adapters);
  const bridge = Object.fromEntries(
    Object.entries(editor).filter(([key]) => key !== '$schema' && key !== 'title'),
  );
  const own = ownSchema();
  return `${prettyJson({
    $schema: draft,
    title: 'Values of the chart egain-channel-bridge',
    type: 'object',
    additionalProperties: false,
    properties: {
      global: { type: 'object', description: 'For charts above this one; not used.' },
      config: {
        description: 'bridge.yaml, as it is; see docs/configuration.md.',
        type: 'object',
        // Nothing at all is what the chart comes with: it can be linted and rendered before it is set up.
        if: { minProperties: 1 },
        then: { $ref: '#/definitions/bridge' },
      },
      ...own.properties,
    },
    allOf: [
      {
        if: { properties: { ingress: { properties: { enabled: { const: true } }, required: ['enabled'] } } },
        then: { properties: { ingress: { properties: { hosts: { minItems: 1 } } } } },
      },
      {
        if: { properties: { keda: { properties: { enabled: { const: true } }, required: ['enabled'] } } },
        then: { properties: { keda: { properties: { serverAddress: { minLength: 1 } } } } },
      },
    ],
    definitions: { ...(isRecord(definitions) ? definitions : {}), bridge },
  })}\n`;
}

/** The table of the chart's README: every value with its default and what it is for. `defaults`: values.yaml, parsed. */
export function helmValuesTable(defaults: unknown): string {
  const rows = [
    [code('config'), code('{}'), 'bridge.yaml, as it is: see docs/configuration.md.'],
    ...rowsOf(ownSchema(), '', defaults),
  ];
  return table(['Value', 'Default', 'Meaning'], rows);
}

function ownSchema(): JsonNode {
  const json: unknown = z.toJSONSchema(chartValues, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Every value has a default in values.yaml, so nobody has to give one.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.required;
    },
  });
  return isRecord(json) ? json : {};
}

function rowsOf(node: JsonNode, path: string, defaults: unknown): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, each]) => {
    const below = path === '' ? key : `${path}.${key}`;
    const value = isRecord(defaults) ? defaults[key] : undefined;
    if (each.properties !== undefined && each.additionalProperties === false)
      return rowsOf(each, below, value);
    return [[code(below), code(oneLine(value)), each.description ?? '']];
  });
}

function oneLine(value: unknown): string {
  return JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "');
}
