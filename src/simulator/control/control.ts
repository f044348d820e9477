/** Everything a test, a demo or an agent's desk may do to the simulator; the HTTP control API is a thin skin on it. */
import { randomUUID } from 'node:crypto';
import { contentTypeOf } from '../assets/content-types.js';
import {
  act,
  type Action,
  type ActionInput,
  type ActionResult,
  actionSchema,
  draftOf,
} from '../agents/actions.js';
import type { ResponderInput } from '../agents/responder.js';
import { end, expire, expireIfIdle, tellSomebodyIsThere } from '../conversations/lifecycle.js';
import type { Conversation, HubMessage } from '../conversations/model.js';
import { write } from '../conversations/system.js';
import type { WireEntry } from '../callbacks/wire-log.js';
import type { FaultStatus } from '../faults/faults.js';
import type { FaultInput } from '../faults/rules.js';
import { declare, type SetupInput } from '../setup.js';
import type { Switches, SwitchesInput } from '../switches.js';
import type { World } from '../world.js';

/** `unknown` = no conversation has that id. */
export type ActOutcome = ActionResult | { readonly ok: false; readonly reason: 'unknown' };

export interface StoredFileInput {
  readonly name: string;
  /** By the name's extension when absent. */
  readonly contentType?: string;
  readonly bytes: Buffer;
}

/** Ready to be one of the `files` of the action `file`. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly url: string;
}

export class Control {
  readonly #world: World;
  readonly #rebuild: () => void;

  /** @param rebuild puts the resources back to what they were at the start. */
  constructor(world: World, rebuild: () => void) {
    this.#world = world;
    this.#rebuild = rebuild;
  }

  /** Conversations in order of their start. */
  conversations(filter: { readonly open?: boolean } = {}): readonly Conversation[] {
    const all = [...this.#world.conversations.all()];
    for (const conversation of all) expireIfIdle(this.#world, conversation);
    return filter.open === undefined ? all : all.filter(({ phase }) => (phase !== 'ended') === filter.open);
  }

  conversation(id: string): Conversation | undefined {
    return this.#world.conversations.get(id);
  }

  /** Acts as bot or agent; see `actionSchema` for what can be done. @throws {z.ZodError} */
  act(conversationId: string, input: ActionInput): ActOutcome {
    const action = actionSchema.parse(input);
    const conversation = this.#world.conversations.get(conversationId);
    return conversation === undefined
      ? { ok: false, reason: 'unknown' }
      : act(this.#world, conversation, action);
  }

  /**
   * Sends the messages of several actions, in one or many conversations, as one callback request. Only actions that
   * are a single message are possible (not `end`, `escalate`, `system`); the others are left out of the result.
   * @throws {z.ZodError}
   */
  actTogether(
    inputs: readonly { readonly conversation: string; readonly action: ActionInput }[],
  ): readonly HubMessage[] {
    const world = this.#world;
    const letters = inputs.flatMap(({ conversation: id, action: input }) => {
      const action: Action = actionSchema.parse(input);
      const conversation = world.conversations.get(id);
      const draft = conversation && draftOf(world, conversation, action);
      if (conversation === undefined || draft === undefined) return [];
      return [{ conversation, message: write(world, conversation, draft) }];
    });
    if (letters.length > 0) world.callbacks.sendTogether(letters);
    return letters.map(({ message }) => message);
  }

  /** Stores a file as an agent would; its URL is signed, and expires like any other. */
  storeFile(file: StoredFileInput): StoredFile {
    const { name, bytes } = file;
    const contentType = file.contentType ?? contentTypeOf(name) ?? 'application/octet-stream';
    const size = bytes.length;
    const asset = this.#world.assets.add({
      id: randomUUID(),
      name,
      size,
      contentType,
      channelType: '',
      senderType: 'egain_agent',
      used: true,
    });
    this.#world.assets.store(asset, bytes, contentType);
    return {
      id: asset.id,
      name,
      contentType,
      size,
      url: this.#world.signatures.sign('download', asset.id).contentUrl,
    };
  }

  /** As if the account's timeout had passed. @returns false when no conversation has that id */
  expire(conversationId: string): boolean {
    const conversation = this.#world.conversations.get(conversationId);
    if (conversation !== undefined) expire(this.#world, conversation);
    return conversation !== undefined;
  }

  /** Ends a conversation without telling anybody. */
  kill(conversationId: string): boolean {
    const conversation = this.#world.conversations.get(conversationId);
    if (conversation !== undefined) end(this.#world, conversation, 'control');
    return conversation !== undefined;
  }

  /** Agents come or go; whoever waits is taken up by the scripted agent when there is one. */
  setAgents(online: boolean): void {
    const wasOnline = this.#world.desk.online;
    this.#world.desk.online = online;
    if (!online) return;
    for (const conversation of this.#world.conversations.all()) {
      if (conversation.phase !== 'waiting') continue;
      if (!wasOnline) tellSomebodyIsThere(this.#world, conversation);
      const last = conversation.messages.findLast(({ sender }) => sender.type === 'customer');
      this.#world.responder.agentCanJoin(conversation, last);
    }
  }

  get agentsOnline(): boolean {
    return this.#world.desk.online;
  }

  /** The newest callback requests with their answers, newest first; of one conversation or of all. */
  wire(limit: number, conversationId?: string): readonly WireEntry[] {
    return this.#world.wire.latest(limit, conversationId);
  }

  /** A signed link to the bytes of a file; undefined when there are none of that id. */
  linkToFile(id: string): string | undefined {
    return this.#world.assets.uploaded(id)
      ? this.#world.signatures.sign('download', id).contentUrl
      : undefined;
  }

  /** Replaces the script of the automatic bot and agent. @throws {z.ZodError} */
  useResponder(script: ResponderInput): void {
    this.#world.responder.use(script);
  }

  /** @throws {z.ZodError} */
  addFault(fault: FaultInput): string {
    return this.#world.faults.add(fault);
  }

  removeFault(id: string): boolean {
    return this.#world.faults.remove(id);
  }

  clearFaults(): void {
    this.#world.faults.clear();
  }

  faults(): readonly FaultStatus[] {
    return this.#world.faults.list();
  }

  get switches(): Switches {
    return this.#world.switches.current;
  }

  /** @throws {z.ZodError} */
  setSwitches(patch: SwitchesInput): Switches {
    return this.#world.switches.change(patch);
  }

  /** Declares channels, accounts and the callback; see `setupSchema`. @throws {z.ZodError} */
  declare(setup: SetupInput): void {
    declare(this.#world.resources, setup);
  }

  /** Makes the simulator's time jump ahead: tokens, signed URLs and idle conversations grow older. */
  advanceClock(ms: number): void {
    this.#world.clock.advance(ms);
  }

  /** Every access token issued so far gets 401-104 from now on. */
  withdrawTokens(): void {
    this.#world.tokens.withdrawAll();
  }

  /** The hub asks the callback's token endpoint anew before its next callback. */
  forgetCallbackTokens(): void {
    this.#world.callbacks.forgetTokens();
  }

  /** Callback messages not yet delivered or given up. */
  get pendingCallbacks(): number {
    return this.#world.callbacks.pending;
  }

  /** Resolves when no callback is waiting, under way or held back. */
  whenIdle(): Promise<void> {
    return this.#world.callbacks.whenIdle();
  }

  /** Forgets conversations, files, records and faults; with `setup` also puts all objects back as at the start. */
  reset(options: { readonly setup?: boolean } = {}): void {
    const world = this.#world;
    world.responder.close();
    world.conversations.clear();
    world.assets.clear();
    world.faults.clear();
    world.records.clear();
    world.wire.clear();
    world.desk.online = true;
    if (options.setup === true) this.#rebuild();
  }
}
