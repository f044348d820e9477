/** Scripted bots and agents that answer by themselves: for demos, and for load and crash tests. */
import { z } from 'zod';
import type { Conversation, HubMessage } from '../conversations/model.js';
import { textOf } from '../conversations/record.js';
import type { World } from '../world.js';
import { act, type Action, actionSchema } from './actions.js';

const reply = z.strictObject({
  /** Strikes when the customer's text holds this, whatever the case; absent = always. The first match counts. */
  contains: z.string().optional(),
  /** Answers with this text before the actions; `{text}` is what the customer wrote. */
  text: z.string().optional(),
  do: z.array(actionSchema).default([]),
});

const speaker = z.strictObject({
  name: z.string().min(1),
  /** Said when the bot gets the conversation or the agent has joined. */
  greeting: z.string().optional(),
  replies: z.array(reply).default([]),
  /** Sends `typing.start` and `typing.end` around its answers. */
  typing: z.boolean().default(false),
});

export const responderSchema = z.strictObject({
  bot: speaker.optional(),
  /** Joins every conversation that waits for an agent, as long as agents are online. */
  agent: speaker.optional(),
  /** Time to think before an answer. */
  delayMs: z.int().min(0).default(0),
});

export type ResponderScript = z.output<typeof responderSchema>;
export type ResponderInput = z.input<typeof responderSchema>;
type Speaker = z.output<typeof speaker>;

export class Responder {
  readonly #world: () => World;
  #script: ResponderScript;
  /** Times of answers to come, by conversation, so that nobody talks after the end. */
  readonly #timers = new Map<string, Set<NodeJS.Timeout>>();

  /** @param world asked for late: the responder is itself a part of it. */
  constructor(world: () => World, script: ResponderInput = {}) {
    this.#world = world;
    this.#script = responderSchema.parse(script);
  }

  get botName(): string {
    return this.#script.bot?.name ?? 'bot';
  }

  get agentName(): string {
    return this.#script.agent?.name ?? 'agent';
  }

  /** Replaces the script; conversations under way go on with the new one. @throws {z.ZodError} */
  use(script: ResponderInput): ResponderScript {
    this.#script = responderSchema.parse(script);
    return this.#script;
  }

  customerSaid(conversation: Conversation, message: HubMessage, started: boolean): void {
    const { bot, agent } = this.#script;
    if (conversation.phase === 'bot' && bot !== undefined) {
      if (started && bot.greeting !== undefined)
        this.#say(conversation, bot, [{ do: 'text', text: bot.greeting }]);
      this.#answer(conversation, bot, message);
    }
    if (conversation.phase === 'waiting') this.agentCanJoin(conversation, message);
    else if (conversation.phase === 'agent' && agent !== undefined)
      this.#answer(conversation, agent, message);
  }

  /** @param message the customer's last one, to be answered after joining. */
  agentCanJoin(conversation: Conversation, message?: HubMessage): void {
    const { agent } = this.#script;
    if (agent === undefined || !this.#world().desk.online) return;
    this.#later(conversation, () => {
      if (conversation.phase !== 'waiting') return;
      const greeting: Action[] = agent.greeting === undefined ? [] : [{ do: 'text', text: agent.greeting }];
      this.#act(conversation, [{ do: 'join', name: agent.name }, ...greeting]);
    });
    if (message !== undefined) this.#answer(conversation, agent, message);
  }

  /** Takes back answers that have not been given. */
  forget(conversation: Conversation): void {
    for (const timer of this.#timers.get(conversation.id) ?? []) clearTimeout(timer);
    this.#timers.delete(conversation.id);
  }

  close(): void {
    for (const timers of this.#timers.values()) for (const timer of timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #answer(conversation: Conversation, speaker: Speaker, message: HubMessage): void {
    const text = message.type.value === 'text' ? textOf(message) : undefined;
    if (text === undefined) return;
    const lower = text.toLowerCase();
    const found = speaker.replies.find(
      ({ contains }) => contains === undefined || lower.includes(contains.toLowerCase()),
    );
    if (found === undefined) return;
    const said: Action[] =
      found.text === undefined ? [] : [{ do: 'text', text: found.text.replaceAll('{text}', () => text) }];
    this.#say(conversation, speaker, [...said, ...found.do]);
  }

  #say(conversation: Conversation, speaker: Speaker, actions: readonly Action[]): void {
    const all: readonly Action[] = speaker.typing
      ? [{ do: 'typing', on: true }, ...actions, { do: 'typing', on: false }]
      : actions;
    this.#later(conversation, () => this.#act(conversation, all));
  }

  #act(conversation: Conversation, actions: readonly Action[]): void {
    for (const action of actions) act(this.#world(), conversation, action);
  }

  /** Not in the caller's own turn: the 202 should be on its way before the answer is. */
  #later(conversation: Conversation, task: () => void): void {
    const timers = this.#timers.get(conversation.id) ?? new Set();
    this.#timers.set(conversation.id, timers);
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (timers.size === 0) this.#timers.delete(conversation.id);
      task();
    }, this.#script.delayMs);
    timers.add(timer);
  }
}
