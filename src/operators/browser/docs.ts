/** Shows /openapi.json to people. Everything on the page is read from it. */
import { byId, make, row } from './dom.js';

type Json = Readonly<Record<string, unknown>>;

void show().catch(() => (byId('said', HTMLElement).textContent = 'The description cannot be read.'));

async function show(): Promise<void> {
  const api = record(await (await fetch('../openapi.json')).json());
  const info = record(api['info']);
  byId('title', HTMLElement).textContent = text(info['title']);
  byId('said', HTMLElement).textContent = `version ${text(info['version'])}`;
  byId('about', HTMLElement).textContent = text(info['description']);
  const schemas = record(record(api['components'])['schemas']);
  const operations = Object.entries(record(api['paths'])).flatMap(([path, methods]) =>
    Object.entries(record(methods)).map(([method, operation]) => ({
      path,
      method,
      operation: record(operation),
    })),
  );
  const tags = [...new Set(operations.map(({ operation }) => text(list(operation['tags'])[0])))];
  byId('operations', HTMLElement).replaceChildren(
    ...tags.map((tag, index) =>
      make(
        'section',
        { 'aria-labelledby': `tag-${index}` },
        make('h2', { id: `tag-${index}` }, tag),
        ...operations
          .filter(({ operation }) => list(operation['tags'])[0] === tag)
          .map((each) => drawOperation(each, schemas)),
      ),
    ),
  );
}

function drawOperation(
  { path, method, operation }: { path: string; method: string; operation: Json },
  schemas: Json,
): HTMLElement {
  const parameters = list(operation['parameters']).map(record);
  const details = make(
    'details',
    { id: text(operation['operationId']) },
    make(
      'summary',
      {},
      make('code', {}, `${method.toUpperCase()} ${path}`),
      ` ${text(operation['summary'])}`,
    ),
  );
  if (operation['description'] !== undefined) details.append(make('p', {}, text(operation['description'])));
  if (parameters.length > 0) {
    const rows = parameters.map((parameter) =>
      row(
        text(parameter['name']),
        text(parameter['in']),
        parameter['required'] === true ? 'required' : '',
        text(parameter['description']),
      ),
    );
    details.append(make('table', {}, make('caption', {}, 'Parameters'), make('tbody', {}, ...rows)));
  }
  const body = schemaIn(operation['requestBody']);
  if (body !== undefined) details.append(drawSchema('Body', body, schemas));
  for (const [status, response] of Object.entries(record(operation['responses']))) {
    const answer = schemaIn(response);
    const description = `${status}: ${text(record(response)['description'])}`;
    if (status === '200' && answer !== undefined)
      details.append(drawSchema(`Answer ${status}`, answer, schemas));
    else details.append(make('p', { class: 'soft' }, description));
  }
  return details;
}

function drawSchema(title: string, schema: Json, schemas: Json): HTMLElement {
  const reference = schema['$ref'];
  const name = typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : '';
  const shown = name === '' ? schema : schemas[name];
  return make(
    'div',
    {},
    make('h3', {}, name === '' ? title : `${title}: ${name}`),
    make(
      'pre',
      { tabindex: '0', role: 'region', 'aria-label': `${title} ${name}` },
      JSON.stringify(shown, null, 2),
    ),
  );
}

function schemaIn(part: unknown): Json | undefined {
  const schema = record(record(record(part)['content'])['application/json'])['schema'];
  return schema === undefined ? undefined : record(schema);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
