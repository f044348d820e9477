/** Messages that ended undelivered: filter, select, and put them back or remove them. */
import { ask, sentence, tell } from './api.js';
import { confirmed } from './confirm.js';
import { button, byId, make, redraw } from './dom.js';
import { searchMessage } from './search-view.js';
import { readText } from './text-dialog.js';
import { counted, timeOf, wayOf } from './words.js';
import type { DeadLetter, DeadLetters, Dealt, Me } from './wire.js';

type Act = 'retry' | 'discard';

const form = byId('filter', HTMLFormElement);
const rows = byId('letters', HTMLElement);
const said = byId('letters-said', HTMLElement);
const matching = byId('matching', HTMLElement);
const everyRow = byId('select-page', HTMLInputElement);
const next = byId('next-page', HTMLButtonElement);
const first = byId('first-page', HTMLButtonElement);
const stop = byId('stop', HTMLButtonElement);

const bulkActs = byId('bulk', HTMLElement);

const selected = new Set<string>();
let page: DeadLetters | undefined;
let after: string | undefined;
let may: Pick<Me, 'mayChange' | 'mayReadTexts'> = { mayChange: false, mayReadTexts: false };
/** Told by the button while all that fit are dealt with. */
const bulk = { stopped: false };
const isStopped = (): boolean => bulk.stopped;

export function startDeadLetters(me: Me): { refresh(): void } {
  may = me;
  bulkActs.hidden = !me.mayChange;
  everyRow.hidden = !me.mayChange;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    after = undefined;
    void load();
  });
  byId('filter-start', HTMLButtonElement).disabled = false;
  first.addEventListener('click', () => {
    after = undefined;
    void load();
  });
  next.addEventListener('click', () => {
    after = page?.next ?? undefined;
    void load();
  });
  everyRow.addEventListener('change', () => {
    for (const { id } of page?.deadLetters ?? [])
      if (everyRow.checked) selected.add(id);
      else selected.delete(id);
    draw();
  });
  for (const act of ['retry', 'discard'] as const) {
    byId(`${act}-selected`, HTMLButtonElement).addEventListener('click', () => void dealSelected(act));
    byId(`${act}-all`, HTMLButtonElement).addEventListener('click', () => void dealAll(act));
  }
  stop.addEventListener('click', () => (bulk.stopped = true));
  void load();
  // While somebody is choosing, the table stays as it is.
  return { refresh: () => selected.size === 0 && void load() };
}

function filter(): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
    ),
  );
}

async function load(): Promise<void> {
  try {
    const query = new URLSearchParams({ ...filter(), ...(after === undefined ? {} : { after }) });
    page = await ask<DeadLetters>(`dead-letters?${query.toString()}`);
    const here = new Set(page.deadLetters.map(({ id }) => id));
    for (const id of selected) if (!here.has(id)) selected.delete(id);
    draw();
  } catch (error) {
    said.textContent = sentence(error);
  }
}

function draw(): void {
  if (page === undefined) return;
  const { deadLetters, matching: count, counted: how, next: more } = page;
  redraw(rows, ...deadLetters.map(drawRow));
  matching.textContent =
    count === 0
      ? 'No dead letters.'
      : `${how === 'at-least' ? 'At least ' : ''}${counted(count, 'dead letter')} fit the filter.`;
  everyRow.checked = deadLetters.length > 0 && deadLetters.every(({ id }) => selected.has(id));
  next.disabled = more === null;
  first.disabled = after === undefined;
  for (const act of ['retry', 'discard'] as const) {
    const word = act === 'retry' ? 'Retry' : 'Discard';
    const some = byId(`${act}-selected`, HTMLButtonElement);
    some.disabled = selected.size === 0;
    some.textContent = `${word} selected (${selected.size})`;
    byId(`${act}-all`, HTMLButtonElement).disabled = count === 0;
  }
}

function drawRow(letter: DeadLetter): HTMLElement {
  const { id, diedAt, direction, channel, reason, code, messageId, type, attempts } = letter;
  const box = make('input', {
    type: 'checkbox',
    'data-key': `select ${id}`,
    'aria-label': `Select ${id}`,
  });
  box.checked = selected.has(id);
  box.addEventListener('change', () => {
    if (box.checked) selected.add(id);
    else selected.delete(id);
    draw();
  });
  const acts = make(
    'span',
    { class: 'acts' },
    ...(may.mayChange
      ? (['retry', 'discard'] as const).map((act) =>
          button(
            what[act].act,
            { 'data-key': `${act} ${id}`, 'aria-label': `${what[act].act} ${id}` },
            () => void dealOne(act, letter),
          ),
        )
      : []),
    button('Journey', { 'data-key': `journey ${id}`, 'aria-label': `Journey of ${id}` }, () =>
      searchMessage(messageId),
    ),
    ...(may.mayReadTexts
      ? [button('Text', { 'data-key': `text ${id}`, 'aria-label': `Text of ${id}` }, () => void readText(id))]
      : []),
  );
  const cells = [
    timeOf(diedAt),
    `${channel} ${wayOf(direction)}`,
    code === null || code === reason ? reason : `${reason} (${code})`,
    messageId,
    type ?? '',
    String(attempts),
    acts,
  ];
  const made = make(
    'tr',
    {},
    make('td', {}, may.mayChange ? box : ''),
    ...cells.map((cell) => make('td', {}, cell)),
  );
  made.dataset['letter'] = id;
  return made;
}

const what: Readonly<Record<Act, { act: string; detail: string; done: string }>> = {
  retry: {
    act: 'Retry',
    detail: 'Each goes to the tail of its lane and is tried again, the oldest first.',
    done: 'put back',
  },
  discard: { act: 'Discard', detail: 'They are gone for good, with their texts.', done: 'discarded' },
};

async function dealOne(act: Act, { id, messageId }: DeadLetter): Promise<void> {
  const question = `${what[act].act} the dead letter of message ${messageId}?`;
  if (await confirmed({ question, detail: what[act].detail, act: what[act].act })) await deal(act, [id]);
}

async function dealSelected(act: Act): Promise<void> {
  const ids = [...selected];
  const question = `${what[act].act} ${counted(ids.length, 'dead letter')}?`;
  if (await confirmed({ question, detail: what[act].detail, act: what[act].act })) await deal(act, ids);
}

async function deal(act: Act, ids: readonly string[]): Promise<void> {
  let done = 0;
  try {
    // The API takes a hundred in one call.
    for (let from = 0; from < ids.length; from += 100)
      done += (await tell<Dealt>(`dead-letters/${act}`, { ids: ids.slice(from, from + 100) })).done;
    said.textContent = `${done} ${what[act].done}`;
  } catch (error) {
    said.textContent = `${done} ${what[act].done}; then: ${sentence(error)}`;
  }
  for (const id of ids) selected.delete(id);
  await load();
}

async function dealAll(act: Act): Promise<void> {
  if (page === undefined) return;
  const { matching: count, counted: how, asOf } = page;
  const narrowed = filter();
  const many = `${how === 'at-least' ? 'at least ' : ''}${counted(count, 'dead letter')}`;
  const fitting = Object.entries(narrowed).map(([name, value]) => `${name} ${value}`);
  const whose = fitting.length === 0 ? 'without a filter: all of them' : `with ${fitting.join(', ')}`;
  const question = `${what[act].act} ${many}?`;
  if (
    !(await confirmed({
      question,
      detail: `${many}, ${whose}. ${what[act].detail}`,
      act: `${what[act].act} all`,
    }))
  )
    return;
  let done = 0;
  bulk.stopped = false;
  stop.hidden = false;
  try {
    // What dies again meanwhile is not meant: it died later.
    const filterUntil = { ...narrowed, until: asOf };
    let dealt: Dealt;
    do {
      dealt = await tell<Dealt>(`dead-letters/${act}`, { all: true, filter: filterUntil });
      done += dealt.done;
      said.textContent = `${done} of ${many} ${what[act].done} …`;
    } while (dealt.more && !isStopped());
    said.textContent = `${done} ${what[act].done}`;
  } catch (error) {
    said.textContent = `${done} ${what[act].done}; then: ${sentence(error)}`;
  }
  stop.hidden = true;
  selected.clear();
  await load();
}
