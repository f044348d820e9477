/** The agent's desk: shows what the simulator has and does what an agent does, all through the control API. */
import { Composer, type ComposerParts } from './composer.js';
import { act, type Action, call } from './control.js';
import { ConversationList, phaseInWords } from './conversation-list.js';
import { byId } from './dom.js';
import { FaultsPanel } from './faults-panel.js';
import { setUpRichForm } from './rich-form.js';
import { Transcript } from './transcript.js';
import { WirePanel } from './wire-panel.js';
import { fields, list, type Message, readConversation, readSummary, type Summary } from './wire.js';

/** Events of one moment are shown together. */
const gatherMs = 60;
/** Not everything that changes makes a record. */
const lookAnywayMs = 4000;
/** A customer who began to type and was not heard of since does not type any more. */
const typingMs = 10_000;

/** The conversation that is shown. */
let chosen: string | undefined;
/** Whether a person chose it or did something in it. */
let picked = false;
let timer = 0;
let busy = false;
let again = false;

const connection = byId('connection', HTMLParagraphElement);
const problem = byId('problem', HTMLParagraphElement);
const online = byId('online', HTMLInputElement);
const parts: ComposerParts = { conversation: inHand, attempt };
const conversations = new ConversationList(
  byId('conversations', HTMLUListElement),
  byId('none', HTMLParagraphElement),
  choose,
);
const transcript = new Transcript(byId('log', HTMLDivElement), byId('messages', HTMLOListElement));
const faults = new FaultsPanel(attempt);
const wire = new WirePanel();

new Composer(parts);
setUpRichForm(parts);
wire.onOpen(soon);
action('join', { do: 'join' });
action('escalate', { do: 'escalate' });
action('transfer', { do: 'transfer', to: 'queue', name: 'Returns' });
action('leave', { do: 'unavailable' });
action('end', { do: 'end' });
online.addEventListener(
  'change',
  () =>
    void attempt(async () => {
      await call('PUT', 'agents', { online: online.checked });
    }),
);

const events = new EventSource('/control/events');
events.addEventListener('open', () => {
  connection.textContent = 'live';
  soon();
});
events.addEventListener('error', () => (connection.textContent = 'connection lost, trying again …'));
for (const kind of ['message', 'callback', 'request', 'file']) events.addEventListener(kind, soon);
window.setInterval(soon, lookAnywayMs);
soon();

function action(id: string, what: Action): void {
  byId(id, HTMLButtonElement).addEventListener('click', () => {
    const conversation = inHand();
    if (conversation !== undefined) void attempt(() => act(conversation, what));
  });
}

async function attempt(work: () => Promise<void>): Promise<boolean> {
  problem.textContent = '';
  try {
    await work();
    return true;
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    return false;
  } finally {
    soon();
  }
}

function inHand(): string | undefined {
  picked = chosen !== undefined;
  return chosen;
}

function choose(id: string): void {
  chosen = id;
  picked = true;
  soon();
}

function soon(): void {
  if (timer === 0) timer = window.setTimeout(() => void refresh(), gatherMs);
}

/** One at a time: an older answer must not be drawn over a newer one. */
async function refresh(): Promise<void> {
  timer = 0;
  again = busy;
  if (busy) return;
  busy = true;
  try {
    await draw();
  } catch {
    connection.textContent = 'the simulator does not answer, trying again …';
  } finally {
    busy = false;
    if (again) soon();
  }
}

async function draw(): Promise<void> {
  const all = list(fields(await call('GET', 'conversations'))['conversations']).map(readSummary);
  const current = all.find(({ id }) => id === chosen);
  const newest = all.findLast(({ phase }) => phase !== 'ended') ?? all.at(-1);
  // Nobody is taken away from a conversation they chose or that goes on; else the newest that is open is shown.
  const stays = current !== undefined && (picked || current.phase !== 'ended');
  const shown = stays ? current : newest;
  chosen = shown?.id;
  conversations.show(all, chosen);
  setActions(shown);
  if (shown !== undefined) await drawConversation(shown);
  online.checked = fields(await call('GET', 'agents'))['online'] === true;
  await Promise.all([faults.refresh(), wire.refresh(chosen)]);
}

async function drawConversation({ id }: Summary): Promise<void> {
  const one = readConversation(await call('GET', `conversations/${encodeURIComponent(id)}`));
  byId('who', HTMLHeadingElement).textContent = one.customer;
  const facts = [phaseInWords(one.phase), `${one.channel} to ${one.address}`, one.contact, one.id];
  byId('facts', HTMLParagraphElement).textContent = facts.join(' · ');
  transcript.show(one.id, one.messages);
  byId('typing', HTMLParagraphElement).textContent = isTyping(one.messages)
    ? `${one.customer} is typing …`
    : '';
}

function isTyping(messages: readonly Message[]): boolean {
  const last = messages.findLast(({ fromCustomer }) => fromCustomer);
  return last?.type === 'typing.start' && Date.now() - Date.parse(last.at) < typingMs;
}

function setActions(shown: Summary | undefined): void {
  const over = shown === undefined || shown.phase === 'ended';
  for (const id of ['join', 'escalate', 'transfer', 'leave', 'end', 'send', 'rich-send'])
    byId(id, HTMLButtonElement).disabled = over;
  byId('escalate', HTMLButtonElement).disabled = shown?.phase !== 'bot';
  byId('files', HTMLInputElement).disabled = over;
}
