import type { Command } from 'commander';
import * as z from 'zod';
import type { SendMessagesBody } from '../../egain/types.js';
import type { CliContext } from '../context.js';
import { readBody } from './read-body.js';
import { fieldTable, listTable } from './show.js';
import { withEgain } from './with-egain.js';

/** What every message needs whatever its type is [doc: operation/sendMessage]; the rest is eGain's to judge. */
const bodySchema: z.ZodType<SendMessagesBody> = z.looseObject({
  messages: z.looseObject(
    {
      message: z
        .array(
          z.looseObject(
            {
              type: z.looseObject({ value: z.string({ error: 'a text' }) }, { error: 'an object' }),
              sender: z.looseObject({ type: z.string({ error: 'a text' }) }, { error: 'an object' }),
              conversation: z.looseObject({}, { error: 'an object' }),
            },
            { error: 'an object' },
          ),
          { error: 'a list of messages' },
        )
        .min(1, { error: 'at least one message' }),
    },
    { error: 'an object' },
  ),
});

export function registerConversations(api: Command, context: CliContext): void {
  const group = api.command('conversations').description('send messages, read conversations that are over');

  group
    .command('get')
    .description('one conversation with its messages, once it is over')
    .argument('<id>', 'its id in eGain')
    .option('--json', 'print as JSON')
    .action((id: string, options: { json?: boolean }, command: Command) =>
      withEgain(context, command, async (client) => {
        const history = await client.conversations.fetch(id);
        if (options.json === true) {
          context.stdout.write(`${JSON.stringify(history, null, 2)}\n`);
          return;
        }
        const { messages, ...facts } = history;
        context.stdout.write(
          `${fieldTable(facts)}\n${listTable(messageColumns, (messages?.message ?? []).map(readableMessage))}`,
        );
      }),
    );

  group
    .command('send')
    .description('send messages as a client application')
    .requiredOption('--file <file>', '{messages: {message: […]}} as JSON or YAML; - reads standard input')
    .option('--json', 'print as JSON')
    .action(async (options: { file: string; json?: boolean }, command: Command) => {
      const body = await readBody(context, options.file);
      const { checkedRequest } = await import('../../egain/validate.js');
      await withEgain(context, command, async (client) => {
        const answer = await client.conversations.send(checkedRequest('sendMessage', bodySchema, body));
        context.stdout.write(
          options.json === true
            ? `${JSON.stringify(answer, null, 2)}\n`
            : `accepted for delivery\n${listTable(acceptedColumns, answer.messages.message)}`,
        );
      });
    });
}

const acceptedColumns = [
  ['message', 'messageId'],
  ['id', 'id'],
  ['conversation', 'conversation.id'],
] as const;

const messageColumns = [
  ['created', 'created'],
  ['sender', 'who'],
  ['type', 'type'],
  ['status', 'status'],
  ['text', 'text'],
] as const;

interface HistoryMessage {
  readonly type?: { readonly value?: string | undefined } | undefined;
  readonly content?:
    string | { readonly text?: string | undefined; readonly html?: string | undefined } | undefined;
  readonly sender?:
    | {
        readonly type?: string | undefined;
        readonly participant?: { readonly name?: string | undefined } | undefined;
      }
    | undefined;
  readonly created?: string | undefined;
  readonly status?: string | undefined;
}

function readableMessage({ type, content, sender, created, status }: HistoryMessage) {
  const text = typeof content === 'string' ? content : (content?.text ?? content?.html);
  const who = [sender?.participant?.name, sender?.type].filter(Boolean).join(', ');
  return { created, who, type: type?.value, status, text };
}
