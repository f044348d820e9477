/** What happens in a conversation besides messages, as one line of text for channels and people (I6). */
import type { OutboundMessage } from './model.js';
import type { TextName } from './texts.js';

/** Events that a channel may show as a line; the names are those of outbound messages. */
export const lineEvents = [
  'agent.join',
  'agent.available',
  'agent.unavailable',
  'agent.transfer',
  'queue.transfer',
  'escalation.transfer',
  'conversation.state',
  'conversation.end',
  'error',
] as const;
export type LineEvent = (typeof lineEvents)[number];

/** `agent.available` alone is left out: who was told to wait sees the answer. */
export const usualLines: readonly LineEvent[] = lineEvents.filter((event) => event !== 'agent.available');

export interface EventRules {
  /** False: nothing made by the hub reaches the customer as text; the events themselves still do. */
  readonly systemMessages: boolean;
  readonly lines: readonly LineEvent[];
  /** What eGain does with messages while nobody is there [doc: getaccount.md]. */
  readonly onAgentUnavailability: 'off_hours' | 'retain_and_retry';
  readonly say: (name: TextName, parameters: readonly string[]) => string;
}

type Shown = Omit<OutboundMessage, 'customer'>;

export type PresentedEvent =
  | { readonly kind: 'message'; readonly message: Shown }
  | { readonly kind: 'ignored'; readonly reason: 'system-message' };

/** Adds the line an event is to be shown as, unless the hub put it into words itself; pure. */
export function presentEvent(message: Shown, rules: EventRules): PresentedEvent {
  if (!rules.systemMessages && message.type === 'system')
    return { kind: 'ignored', reason: 'system-message' };
  const event = lineEvents.find((type) => type === message.type);
  if (event === undefined) return { kind: 'message', message };
  if (!rules.systemMessages) {
    const silent = { ...message };
    delete silent.text;
    delete silent.html;
    return { kind: 'message', message: silent };
  }
  if (message.text !== undefined || !rules.lines.includes(event)) return { kind: 'message', message };
  const line = lineOf(event, message, rules);
  return { kind: 'message', message: line === undefined ? message : { ...message, text: line } };
}

function lineOf(event: LineEvent, message: Shown, rules: EventRules): string | undefined {
  const { say } = rules;
  const named = (name: string | undefined, withName: TextName, without: TextName): string =>
    name === undefined ? say(without, []) : say(withName, [name]);
  switch (event) {
    case 'agent.join':
      return named(message.sender.name, 'bridge_agent_joined', 'bridge_somebody_joined');
    case 'agent.available':
      return say('bridge_agent_available', []);
    case 'agent.unavailable':
      return say(
        rules.onAgentUnavailability === 'retain_and_retry' ? 'msg_hub_retain_and_retry' : 'msg_hub_off_hours',
        [],
      );
    case 'agent.transfer':
    case 'queue.transfer':
      return named(message.event?.name, 'bridge_transfer_to', 'bridge_transfer');
    case 'escalation.transfer':
      return say('bridge_escalated', []);
    case 'conversation.state':
      // The only state that is public [SDK]; others are for programs.
      return message.event?.status === 'escalated' ? say('bridge_escalated', []) : undefined;
    case 'conversation.end':
      return say('bridge_conversation_ended', []);
    case 'error':
      return say('bridge_not_taken', []);
  }
}
