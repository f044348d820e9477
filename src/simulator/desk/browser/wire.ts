/** What the desk reads of the control API's answers: each reader takes any JSON and gives a value that cannot be wrong. */

type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export interface FileShown {
  readonly name: string;
  readonly contentType: string;
  readonly size: string;
  readonly url: string;
}

export interface Message {
  readonly id: string;
  /** The id its sender gave it; answers may name either. */
  readonly ownId: string;
  readonly type: string;
  readonly at: string;
  readonly fromCustomer: boolean;
  readonly sender: string;
  readonly text: string;
  readonly html: string;
  /** Pretty JSON of what else the content holds. */
  readonly rest: string;
  /** What it calls itself. */
  readonly title: string;
  readonly files: readonly FileShown[];
  readonly answersTo: string;
  readonly deleted: boolean;
}

export interface Summary {
  readonly id: string;
  readonly phase: string;
  readonly customer: string;
  readonly contact: string;
  readonly channel: string;
  readonly address: string;
  readonly count: number;
  readonly lastActivity: string;
}

export interface Conversation extends Summary {
  readonly created: string;
  readonly messages: readonly Message[];
}

export function readSummary(value: unknown): Summary {
  const it = fields(value);
  const contact = text(it['contact']);
  return {
    id: text(it['id']),
    phase: text(it['phase']),
    customer: text(fields(it['customer'])['name']) || shortened(contact),
    contact,
    channel: text(it['channelType']),
    address: text(it['address']),
    count: number(it['messageCount']),
    lastActivity: text(it['lastActivity']),
  };
}

/** What one can read and tell apart of a contact: the middle of `email:anon-64acedfe3df7@chat.channel.invalid`. */
function shortened(contact: string): string {
  const middle = contact.replace(/^[^:]*:/, '').replace(/@.*$/, '');
  return middle.length <= 16 ? middle : `${middle.slice(0, 12)}…`;
}

export function readConversation(value: unknown): Conversation {
  const it = fields(value);
  const deleted = new Set(list(it['deleted']).map(text));
  return {
    ...readSummary(value),
    created: text(it['created']),
    messages: list(it['messages']).map((message) => readMessage(message, deleted)),
  };
}

function readMessage(value: unknown, deleted: ReadonlySet<string>): Message {
  const it = fields(value);
  const content = fields(it['content']);
  const sender = fields(it['sender']);
  const senderType = text(sender['type']);
  const json = content['json'];
  const inner = text(fields(json)['content']);
  return {
    id: text(it['id']),
    ownId: text(it['messageId']),
    type: text(fields(it['type'])['value']),
    at: text(it['created']),
    fromCustomer: senderType === 'customer',
    sender: text(fields(sender['participant'])['name']) || senderType.replace(/^(?:egain|custom)_/, ''),
    text: text(content['text']) || inner,
    html: text(content['html']),
    title: text(fields(json)['title']),
    rest: json === undefined || inner !== '' ? '' : shownJson(json),
    files: list(fields(it['attachments'])['attachment']).map(readFile),
    answersTo: text(fields(it['parent'])['messageId']),
    deleted: deleted.has(text(it['id'])),
  };
}

/** On one line while it fits there. */
function shownJson(json: unknown): string {
  const short = JSON.stringify(json);
  return short.length <= 60 ? short : JSON.stringify(json, undefined, 2);
}

/** A file that eGain holds is reached by its id; the link in a message may have expired. */
function readFile(value: unknown): FileShown {
  const it = fields(value);
  const id = text(it['id']);
  const size = Number(it['size'] ?? NaN);
  return {
    name: text(it['name']) || 'file',
    contentType: text(it['contentType']),
    size: Number.isNaN(size) ? '' : size < 1024 ? `${size} B` : `${Math.round(size / 1024)} KB`,
    url: id === '' ? text(it['url']) : `/control/files/${encodeURIComponent(id)}/content`,
  };
}

export interface Fault {
  readonly id: string;
  readonly what: string;
  readonly struck: number;
}

export function readFault(value: unknown): Fault {
  const it = fields(value);
  const { kind, ...rest } = fields(it['fault']);
  const details = Object.entries(rest)
    .filter(([name]) => !['id', 'probability', 'after', 'processed'].includes(name))
    .map(([name, detail]) => `${name} ${String(detail)}`);
  return { id: text(it['id']), what: [text(kind), ...details].join(', '), struck: number(it['struck']) };
}

export interface Exchange {
  readonly number: string;
  readonly at: string;
  readonly title: string;
  readonly good: boolean;
  readonly request: string;
  readonly answer: string;
}

export function readExchange(value: unknown): Exchange {
  const it = fields(value);
  const request = fields(it['request']);
  const answer = fields(it['answer']);
  const outcome = text(it['outcome']);
  const late = lateness(text(it['at']), number(it['durationMs']), text(request['body']));
  const status = answer['status'] === undefined ? text(it['error']) : String(number(answer['status']));
  return {
    number: String(number(it['number'])),
    at: text(it['at']),
    title: `${outcome} · ${status} · attempt ${number(it['attempt'])} · ${number(it['durationMs'])} ms${late}`,
    good: outcome === 'delivered',
    request: `POST ${text(request['url'])}\n${headerLines(request['headers'])}\n\n${pretty(text(request['body']))}`,
    answer:
      answer['status'] === undefined
        ? `no answer: ${text(it['error'])}`
        : `${number(answer['status'])}\n${headerLines(answer['headers'])}\n\n${pretty(text(answer['body']))}`,
  };
}

/** A callback that began this much after its messages were written was held up, by a fault or by those before it. */
const lateMs = 1000;

/** How long after its newest message a callback began, where that is worth saying. `at`: when it ended. */
function lateness(at: string, durationMs: number, body: string): string {
  const messages = list(fields(fields(parsed(body))['messages'])['message']).map(fields);
  const written = Math.max(...messages.map(({ created }) => Date.parse(text(created))));
  const waited = Date.parse(at) - durationMs - written;
  return waited >= lateMs ? ` · begun ${(waited / 1000).toFixed(1)} s late` : '';
}

function headerLines(headers: unknown): string {
  return Object.entries(fields(headers))
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join('\n');
}

function pretty(body: string): string {
  const value = parsed(body);
  return value === undefined ? body : JSON.stringify(value, undefined, 2);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
