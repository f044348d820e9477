/** The control API over HTTP: JSON in, JSON out, no authentication (it listens where the simulator listens). */
import { z } from 'zod';
import { actionSchema } from '../agents/actions.js';
import { responderSchema } from '../agents/responder.js';
import { maySend, messageTypes } from '../conversations/message-types.js';
import type { Conversation } from '../conversations/model.js';
import { faultSchema } from '../faults/rules.js';
import type { Answer, Method } from '../http/answer.js';
import type { Records } from '../records.js';
import { setupSchema } from '../setup.js';
import { switchesSchema } from '../switches.js';
import type { Control } from './control.js';

interface Request {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Route {
  readonly method: Method;
  /** Under `/control`; `{id}` is one segment. */
  readonly path: string;
  readonly does: string;
  readonly handle: (request: Request) => Answer;
}

const done: Answer = { status: 204 };

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function error(status: number, message: string): Answer {
  return { status, body: { code: status, message } };
}

const togetherSchema = z.array(z.strictObject({ conversation: z.string(), action: actionSchema })).min(1);
const patchSchema = z.record(z.string(), z.unknown());
const fileSchema = z.strictObject({
  name: z.string().min(1),
  contentType: z.string().optional(),
  base64: z.base64(),
});
const onlineSchema = z.strictObject({ online: z.boolean() });
const clockSchema = z.strictObject({ advanceMs: z.int().min(0) });
const resetSchema = z.strictObject({ setup: z.boolean().default(false) }).prefault({});

/** What the control API shows of a conversation; the deleted ids as a list, as JSON knows no sets. */
function shown(conversation: Conversation, withMessages: boolean): object {
  const { messages, deleted, lastActivity, ...rest } = conversation;
  return {
    ...rest,
    lastActivity: new Date(lastActivity).toISOString(),
    messageCount: messages.length,
    ...(withMessages ? { messages, deleted: [...deleted] } : {}),
  };
}

function number(text: string | null, fallback: number): number {
  const value = Number(text ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}

export function controlRoutes(control: Control, records: Records): readonly Route[] {
  const kindIs = (wanted: string | null) => (record: { readonly kind: string }) =>
    wanted === null || record.kind === wanted;
  const unknown = error(404, 'No conversation has that id');
  const does = (found: boolean): Answer => (found ? done : unknown);
  return [
    {
      method: 'GET',
      path: 'records',
      does: 'what was seen and done: ?since=<sequence>&limit=<n>&kind=request|message|callback|…',
      handle: ({ query }) => {
        const found = records.since(number(query.get('since'), 0), number(query.get('limit'), 10_000));
        return ok({
          last: found.at(-1)?.sequence ?? records.last,
          records: found.filter(kindIs(query.get('kind'))),
        });
      },
    },
    { method: 'DELETE', path: 'records', does: 'forget the records', handle: () => (records.clear(), done) },
    {
      method: 'GET',
      path: 'conversations',
      does: 'all conversations: ?open=true|false&messages=true',
      handle: ({ query }) => {
        const open = query.get('open');
        const found = control.conversations(open === null ? {} : { open: open === 'true' });
        const withMessages = query.get('messages') === 'true';
        return ok({ conversations: found.map((conversation) => shown(conversation, withMessages)) });
      },
    },
    {
      method: 'GET',
      path: 'types',
      does: 'all message types, and which sides may send them; {"do":"sample","type":…} sends one',
      handle: () =>
        ok({
          types: messageTypes.map((type) => ({
            type,
            customer: maySend('customer', type),
            agent: maySend('egain_agent', type),
            bot: maySend('egain_bot', type),
          })),
        }),
    },
    {
      method: 'GET',
      path: 'conversations/{id}',
      does: 'one conversation with its messages',
      handle: ({ id }) => {
        const found = control.conversation(id);
        return found === undefined ? unknown : ok(shown(found, true));
      },
    },
    {
      method: 'POST',
      path: 'conversations/{id}/actions',
      does: 'act as bot or agent: {"do":"join"|"typing"|"text"|"html"|"rich"|"file"|"transfer"|"escalate"|"available"|"unavailable"|"system"|"end"|"sample"|"send", …} or a list',
      handle: ({ id, body }) => {
        const actions = z.array(actionSchema).parse(Array.isArray(body) ? body : [body]);
        const outcomes = actions.map((action) => control.act(id, action));
        const failed = outcomes.find((outcome) => !outcome.ok);
        if (failed?.ok === false)
          return failed.reason === 'unknown' ? unknown : error(409, 'The conversation is over');
        const messages = outcomes.flatMap((outcome) => (outcome.ok ? outcome.messages : []));
        return { status: 201, body: { messages } };
      },
    },
    {
      method: 'POST',
      path: 'conversations/{id}/expire',
      does: 'as if its timeout had passed',
      handle: ({ id }) => does(control.expire(id)),
    },
    {
      method: 'POST',
      path: 'conversations/{id}/kill',
      does: 'end it without telling anybody',
      handle: ({ id }) => does(control.kill(id)),
    },
    {
      method: 'POST',
      path: 'actions',
      does: 'several messages in one callback: [{"conversation":"…","action":{…}}]',
      handle: ({ body }) => ({
        status: 201,
        body: { messages: control.actTogether(togetherSchema.parse(body)) },
      }),
    },
    {
      method: 'POST',
      path: 'files',
      does: 'store a file as an agent: {"name":"a.pdf","base64":"…"}; the answer fits the action "file"',
      handle: ({ body }) => {
        const { base64, name, contentType } = fileSchema.parse(body);
        const bytes = Buffer.from(base64, 'base64');
        const type = contentType === undefined ? {} : { contentType };
        return { status: 201, body: control.storeFile({ name, bytes, ...type }) };
      },
    },
    {
      method: 'GET',
      path: 'files/{id}/content',
      does: 'a redirection to the bytes of a file',
      handle: ({ id }) => {
        const location = control.linkToFile(id);
        return location === undefined
          ? error(404, 'No file has that id and bytes')
          : { status: 302, headers: { location, 'cache-control': 'no-store' } };
      },
    },
    { method: 'GET', path: 'faults', does: 'rules in force', handle: () => ok({ faults: control.faults() }) },
    {
      method: 'POST',
      path: 'faults',
      does: 'add a rule: {"kind":"status","operation":"sendMessage","status":500,"times":1}',
      handle: ({ body }) => ({ status: 201, body: { id: control.addFault(faultSchema.parse(body)) } }),
    },
    {
      method: 'DELETE',
      path: 'faults',
      does: 'remove all rules',
      handle: () => (control.clearFaults(), done),
    },
    {
      method: 'DELETE',
      path: 'faults/{id}',
      does: 'remove one rule',
      handle: ({ id }) => (control.removeFault(id) ? done : error(404, 'No fault has that id')),
    },
    { method: 'GET', path: 'switches', does: 'the switches', handle: () => ok(control.switches) },
    {
      method: 'PATCH',
      path: 'switches',
      does: 'change some switches',
      handle: ({ body }) =>
        ok(control.setSwitches(switchesSchema.parse({ ...control.switches, ...patchSchema.parse(body) }))),
    },
    {
      method: 'GET',
      path: 'agents',
      does: 'whether agents are there',
      handle: () => ok({ online: control.agentsOnline }),
    },
    {
      method: 'PUT',
      path: 'agents',
      does: 'agents come or go: {"online":true}',
      handle: ({ body }) => (control.setAgents(onlineSchema.parse(body).online), done),
    },
    {
      method: 'PUT',
      path: 'responder',
      does: 'script of the automatic bot and agent',
      handle: ({ body }) => (control.useResponder(responderSchema.parse(body)), done),
    },
    {
      method: 'POST',
      path: 'setup',
      does: 'declare callback, channels, accounts',
      handle: ({ body }) => (control.declare(setupSchema.parse(body)), done),
    },
    {
      method: 'POST',
      path: 'clock',
      does: 'make time jump ahead: {"advanceMs":60000}',
      handle: ({ body }) => (control.advanceClock(clockSchema.parse(body).advanceMs), done),
    },
    {
      method: 'DELETE',
      path: 'tokens',
      does: 'withdraw every access token',
      handle: () => (control.withdrawTokens(), done),
    },
    {
      method: 'GET',
      path: 'callbacks',
      does: 'number of callback messages not yet delivered or given up',
      handle: () => ok({ pending: control.pendingCallbacks }),
    },
    {
      method: 'GET',
      path: 'callbacks/wire',
      does: 'the newest callback requests as they went over the wire, and their answers: ?conversation=<id>&limit=<n>',
      handle: ({ query }) =>
        ok({
          requests: control.wire(number(query.get('limit'), 50), query.get('conversation') ?? undefined),
        }),
    },
    {
      method: 'DELETE',
      path: 'callbacks/tokens',
      does: "forget the tokens of the callback's own token endpoint",
      handle: () => (control.forgetCallbackTokens(), done),
    },
    {
      method: 'POST',
      path: 'reset',
      does: 'forget conversations, files, records, faults; {"setup":true}: objects too',
      handle: ({ body }) => (control.reset(resetSchema.parse(body)), done),
    },
  ];
}
