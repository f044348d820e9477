/** From the first message to the end (contract 10.6). */
import type { World } from '../world.js';
import type { Conversation, HubMessage, Party } from './model.js';
import type { RequestMessage } from './schema.js';
import type { Start } from './start.js';
import { agentText, emit, notify, systemParty } from './system.js';

/** Who speaks for the other side in this conversation right now. */
export function otherSide(world: World, conversation: Conversation): Party {
  if (conversation.phase === 'bot')
    return { type: 'egain_bot', participant: { name: conversation.agentName ?? world.responder.botName } };
  return { type: 'egain_agent', participant: { name: conversation.agentName ?? world.responder.agentName } };
}

export function open(world: World, message: RequestMessage, { route, contact }: Start): Conversation {
  const { account } = route;
  const { conversationContact, entryPoint, customer } = message.conversation;
  const entry = entryPoint?.id ?? account.chatConfigurations.entryPoint?.id;
  return world.conversations.open({
    accountId: account.id,
    channelType: route.channel.type,
    address: account.address,
    contact,
    customer: customer ?? {},
    phase: hasBot(world, account.chatConfigurations.orchestration?.id) ? 'bot' : 'waiting',
    ...(conversationContact === undefined ? {} : { conversationContact }),
    ...(entry === undefined ? {} : { entryPoint: entry }),
  });
}

function hasBot(world: World, orchestrationId: string | undefined): boolean {
  const found =
    orchestrationId === undefined ? undefined : world.resources.orchestrations.get(orchestrationId);
  return (found?.applications.botConfiguration?.bots.length ?? 0) > 0;
}

/** What follows from a customer's message: greeting, off-hours text, automatic answer. */
export function wake(world: World, conversation: Conversation, message: HubMessage, started: boolean): void {
  if (started && conversation.phase === 'waiting' && !world.desk.online)
    tellNobodyIsThere(world, conversation);
  world.responder.customerSaid(conversation, message, started);
}

/**
 * By the account's `onAgentUnavailability` [doc: getaccount.md]; holding is silent unless the channel has a text. Whether
 * the hub says it in a text, as `agent.unavailable` or both is a switch.
 */
function tellNobodyIsThere(world: World, conversation: Conversation): void {
  const { unavailability } = world.switches.current;
  if (unavailability !== 'text')
    emit(world, conversation, { type: 'agent.unavailable', sender: otherAgent(world) });
  if (unavailability === 'event') return;
  const account = world.resources.accounts.get(conversation.accountId);
  if (account?.chatConfigurations.onAgentUnavailability === 'retain_and_retry')
    notify(world, conversation, { property: 'msg_hub_retain_and_retry' }, undefined);
  else notify(world, conversation, { property: 'msg_hub_off_hours' }, 'No agent is available at the moment.');
}

function otherAgent(world: World): Party {
  return { type: 'egain_agent', participant: { name: world.responder.agentName } };
}

/** Whoever was told that nobody is there hears that somebody is. */
export function tellSomebodyIsThere(world: World, conversation: Conversation): void {
  if (world.switches.current.unavailability === 'text') return;
  emit(world, conversation, { type: 'agent.available', sender: otherAgent(world) });
}

/** From bot to agents: the customer side sees `conversation.state` "escalated" [doc: createorchestration.md, SDK]. */
export function escalate(world: World, conversation: Conversation): HubMessage {
  conversation.phase = 'waiting';
  delete conversation.agentName;
  const message = emit(world, conversation, {
    type: 'conversation.state',
    sender: systemParty,
    content: { json: { status: 'escalated', content: '' } },
  });
  if (world.desk.online) world.responder.agentCanJoin(conversation);
  else tellNobodyIsThere(world, conversation);
  return message;
}

/** Nothing can be sent into the conversation after this. Telling the customer side is the caller's business. */
export function end(
  world: World,
  conversation: Conversation,
  by: NonNullable<Conversation['endedBy']>,
): void {
  if (conversation.phase === 'ended') return;
  conversation.phase = 'ended';
  conversation.endedBy = by;
  world.responder.forget(conversation);
}

/** An agent (or the hub) ends: the customer side is told as the switch `literalEnd` has it. */
export function endFromOtherSide(world: World, conversation: Conversation, sender: Party): HubMessage[] {
  const { literalEnd } = world.switches.current;
  const told: HubMessage[] = [];
  if (literalEnd !== 'off')
    told.push(
      emit(world, conversation, {
        type: 'text',
        sender,
        content: agentText(world, 'agent.end.conversation'),
      }),
    );
  if (literalEnd !== 'instead') told.push(emit(world, conversation, { type: 'conversation.end', sender }));
  end(world, conversation, 'agent');
  return told;
}

/** Ends a conversation for silence, whether its account's `timeout` says so or the control API. */
export function expire(world: World, conversation: Conversation): void {
  if (conversation.phase === 'ended') return;
  if (world.switches.current.endOnTimeout)
    emit(world, conversation, { type: 'conversation.end', sender: systemParty });
  end(world, conversation, 'timeout');
}

/** The account's `timeout` is in minutes, counted from the last message [doc: getaccount.md, wild: MindCloud]. */
export function expireIfIdle(world: World, conversation: Conversation): void {
  const minutes = world.resources.accounts.get(conversation.accountId)?.chatConfigurations.timeout;
  if (minutes === undefined || minutes === 0) return;
  if (world.clock.now() - conversation.lastActivity > minutes * 60_000) expire(world, conversation);
}
