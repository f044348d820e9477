import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveredMessage } from '../simulator/channel/deliveries.js';
import type { ActionInput, ResponderInput } from '../simulator/index.js';
import type { Item } from './check.js';
import type { Stage } from './stage.js';
import type { Witness } from './witness.js';

export const customer = { id: 'leila-4711', name: 'Leila', language: 'pt-PT' } as const;

/** The bot that eGain's side begins every conversation with; it hands over to people when asked to. */
export const bot: ResponderInput = {
  bot: {
    name: 'Vera',
    greeting: 'Olá! Sou a Vera, a assistente virtual. 🤖 Escreva “agente” para falar com uma pessoa.',
    replies: [
      { contains: 'agente', do: [{ do: 'escalate' }] },
      { contains: 'موظف', text: 'لحظة من فضلك، سأحوّلك إلى موظف.', do: [{ do: 'escalate' }] },
    ],
  },
};

const answer =
  'Bom dia, Leila! Chega <b>amanhã</b>: <a href="https://example.com/track/PT-42">seguir a encomenda</a>.';

/** How long one step may take; only a broken demo gets there. */
const patienceMs = 15_000;
/** Between the steps, so that it can be followed; also what makes "is typing" visible. */
const pauseMs = 300;

export interface Course {
  /** What the customer said, in order. */
  readonly said: readonly Item[];
  /** Why it broke off, when it did. */
  readonly brokenOff?: string;
}

/** Plays the conversation from the first question to the agent's end. Never rejects but for `signal`. */
export async function play(
  { simulator, channel }: Stage,
  witness: Witness,
  now: () => number,
  signal: AbortSignal,
): Promise<Course> {
  const said: Item[] = [];

  const say = async (text: string): Promise<void> => {
    const id = `m-${randomUUID()}`;
    said.push({ id, what: text });
    witness.sends(id, now());
    const { status, body } = await channel.send({ id, customer, text });
    witness.accepted(id, now());
    if (status !== 202) throw new Error(`the bridge answered ${status} to "${text}": ${body}`);
  };
  const conversation = (): string => {
    const found = simulator.control.conversations().findLast(({ contact }) => contact.includes(customer.id));
    if (found === undefined) throw new Error('eGain has no conversation with the customer');
    return found.id;
  };
  const atEgain = (items: readonly Item[]): boolean => {
    const there = new Set(simulator.records().map((record) => record.kind === 'message' && record.messageId));
    return items.every(({ id }) => there.has(id));
  };
  const act = (action: ActionInput): void => void simulator.control.act(conversation(), action);
  const eventually = (what: string, done: () => boolean): Promise<void> => until(what, done, signal);
  const got = async (what: string, fits: (message: DeliveredMessage) => boolean): Promise<void> => {
    await eventually(`the customer waited for ${what}`, () =>
      channel.received().some((message) => message.customer.id === customer.id && fits(message)),
    );
    await sleep(pauseMs, undefined, { signal });
  };

  try {
    await say('Olá! Onde está a minha encomenda? 📦');
    await got('the bot', ({ sender, type }) => sender.type === 'egain_bot' && type === 'text');
    await say('أريد التحدث إلى موظف من فضلك');
    await got('the hand-over', ({ type }) => type === 'conversation.state');
    act({ do: 'join', name: 'Sam' });
    await got('the agent', ({ type }) => type === 'agent.join');
    act({ do: 'typing', on: true });
    await got('the agent to type', ({ type }) => type === 'typing.start');
    act({ do: 'typing', on: false });
    act({ do: 'html', html: answer });
    await got('the answer', ({ html }) => html === answer);
    await say('Obrigada! شكرًا 🙏🏽👩‍👩‍👧');
    await say('Até logo 👋');
    await eventually('eGain waited for the thanks', () => atEgain(said));
    act({ do: 'text', text: 'Sempre às ordens, Leila. Até à próxima!' });
    act({ do: 'end' });
    await got('the end', ({ type }) => type === 'conversation.end');
    return { said };
  } catch (error) {
    signal.throwIfAborted();
    return { said, brokenOff: error instanceof Error ? error.message : String(error) };
  }
}

async function until(what: string, done: () => boolean, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`${what} for ${patienceMs / 1000} s in vain`);
    await sleep(10, undefined, { signal });
  }
}
