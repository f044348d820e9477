/** The reference for people and editors, made from the schema so that it cannot fall behind it. */
import { plainVariables } from './environment.js';
import { formatPath } from './problems.js';
import { code, table } from './markdown.js';
import { prettyJson } from './pretty-json.js';
import { editorSchema, settingsSchema, type JsonNode } from './json-schema.js';
import { baseOf, twinOf } from './shape.js';
import type { AdapterSettings } from './schema.js';

/** `docs/configuration.md`. */
export function markdownReference(adapters: readonly AdapterSettings[]): string {
  const [top, ...sections] = blocks({
    title: '`bridge.yaml`',
    path: '',
    depth: 2,
    node: settingsSchema(adapters),
  });
  const variables = [...plainVariables].map(([name, path]) => [code(name), code(formatPath(path))]);
  const intro = [introduction, table(['Variable', 'Sets'], variables)];
  return `${[...intro, top ?? '', ...sections].join('\n\n')}\n`;
}

/** `config/bridge.schema.json`. */
export function jsonSchemaReference(adapters: readonly AdapterSettings[]): string {
  return `${prettyJson(editorSchema(adapters))}\n`;
}

const introduction = `# Configuration

<!-- Made by \`egain-bridge config reference\`; change config/schema, not this page. -->

One YAML file, by default \`bridge.yaml\` in the working directory; \`--config\` or \`BRIDGE_CONFIG\` names another.
\`egain-bridge config check\` tells everything that is wrong with it at once. \`config/examples/bridge.yaml\` is a
complete example, and \`config/bridge.schema.json\` gives editors completion:

\`\`\`yaml
# yaml-language-server: $schema=./config/bridge.schema.json
\`\`\`

- \`\${NAME}\` in any text is replaced by the environment variable, \`\${NAME:-default}\` has a default for one that is missing or empty, and \`$\${\` stands for a plain \`\${\`. A missing variable without a default is an error.
- A setting of type _secret_ has at least 16 characters, is never shown, and may be read from a file: \`clientSecretFile: /run/secrets/egain\` instead of \`clientSecret: …\`. A list of secrets takes one file or a list of files.
- A relative path is relative to the file it stands in. Unknown settings are errors.
- Times end in their unit: \`holdMs\` is in milliseconds, \`tokenTtlSeconds\` in seconds.

## Environment

These variables win over the file; an empty one counts as not set.`;

interface Topic {
  readonly title: string;
  readonly path: string;
  readonly depth: number;
  readonly node: JsonNode;
}

/** One block per map of settings, the maps below it after it. */
function blocks({ title, path, depth, node }: Topic): string[] {
  const required = requiredOf(node);
  const properties = Object.entries(node.properties ?? {}).filter(([key]) => !isTwin(key, node));
  const rows = properties.map(([key, each]) => [
    code(key),
    typeOf(each, twinOf(key) in (node.properties ?? {}) ? twinOf(key) : undefined),
    defaultOf(each, required.has(key)),
    each.description ?? '',
  ]);
  const heading = `${'#'.repeat(depth)} ${title}`;
  const parts = [heading, node.description, table(['Setting', 'Type', 'Default', 'Meaning'], rows)];
  const below = properties.flatMap(([key, each]) =>
    topicsBelow(path === '' ? key : `${path}.${key}`, each, depth),
  );
  return [parts.filter((part) => part !== undefined).join('\n\n'), ...below.flatMap(blocks)];
}

function topicsBelow(path: string, node: JsonNode, depth: number): Topic[] {
  const topic = { path, depth: path.includes('.') || path.includes('[') || depth > 2 ? 3 : 2 };
  if (node.properties !== undefined) return [{ ...topic, title: code(path), node }];
  if (node.items !== undefined) return topicsBelow(`${path}[]`, node.items, depth);
  if (typeof node.additionalProperties === 'object') {
    const inner = node.additionalProperties;
    return channelTopics(`${path}.<name>`, inner.oneOf ?? [inner], node.description);
  }
  const variants = (node.anyOf ?? node.oneOf ?? []).filter((variant) => variant.properties !== undefined);
  return variants.map((variant) => ({ ...topic, title: titleOf(path, variant), node: variant }));
}

/** What every channel has is said once, what an adapter adds in a block of its own. */
function channelTopics(
  path: string,
  variants: readonly JsonNode[],
  description: string | undefined,
): Topic[] {
  const shared = ['adapter', 'manifest', 'account'];
  const kinds = variants.map((variant) => variant.properties?.['adapter']?.const);
  const split = (node: JsonNode, isShared: boolean): JsonNode => ({
    ...node,
    properties: Object.fromEntries(
      Object.entries(node.properties ?? {}).filter(([key]) => shared.includes(key) === isShared),
    ),
  });
  const [first] = variants;
  if (first === undefined) return [];
  const common = split(first, true);
  const adapter = { description: 'The kind of channel.', enum: kinds };
  const every = { ...common, description, properties: { ...common.properties, adapter } };
  return [
    { title: code(path), path, depth: 2, node: every },
    ...variants.map((variant) => ({
      title: titleOf(path, variant),
      path,
      depth: 3,
      node: split(variant, false),
    })),
  ];
}

function titleOf(path: string, variant: JsonNode): string {
  const literals = Object.entries(variant.properties ?? {}).filter(([, node]) => node.const !== undefined);
  const words = literals.map(([key, node]) => code(`${key}: ${literal(node.const)}`));
  return words.length === 0 ? code(path) : `${code(path)} with ${words.join(', ')}`;
}

function isTwin(key: string, node: JsonNode): boolean {
  const base = baseOf(key);
  return base !== undefined && node.properties !== undefined && base in node.properties;
}

function requiredOf(node: JsonNode): Set<string> {
  const either = node.allOf?.flatMap((rule) => rule.anyOf?.[0]?.required ?? []) ?? [];
  return new Set([...(node.required ?? []), ...either]);
}

function typeOf(node: JsonNode, twin?: string): string {
  if (node.writeOnly === true)
    return `${node.type === 'array' ? 'list of secrets' : 'secret'}${orFile(twin)}`;
  if (node.const !== undefined) return code(literal(node.const));
  if (node.enum !== undefined) return `one of ${node.enum.map((each) => code(literal(each))).join(', ')}`;
  const either = node.anyOf ?? node.oneOf;
  if (either !== undefined) return [...new Set(either.map((each) => typeOf(each)))].join(' or ');
  switch (node.type) {
    case 'integer':
    case 'number':
      return `${node.type === 'integer' ? 'whole number' : 'number'}${range(node)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list: ${node.items === undefined ? 'any' : typeOf(node.items)}`;
    case 'string':
      return `${node.format === 'uri' ? 'address' : 'text'}${orFile(twin)}`;
    default:
      return 'settings, see below';
  }
}

const literal = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const orFile = (twin: string | undefined): string => (twin === undefined ? '' : `, or ${code(twin)}`);

function range({ minimum, maximum }: JsonNode): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `, at least ${minimum}`;
  return maximum === undefined ? '' : `, at most ${maximum}`;
}

function defaultOf(node: JsonNode, isRequired: boolean): string {
  if (isRequired) return '**required**';
  if (node.default === undefined || node.properties !== undefined) return '';
  // A cell of a table is one line.
  const value = typeof node.default === 'string' ? node.default : prettyJson(node.default);
  return code(value.replaceAll(/\n\s*/g, ' '));
}
