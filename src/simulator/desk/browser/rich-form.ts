/** Sending every kind of message that is more than a text. */
import { act, type Action, call } from './control.js';
import { byId, make } from './dom.js';
import { examples, type Example } from './rich-examples.js';
import { fields, list, text } from './wire.js';
import type { ComposerParts } from './composer.js';

export function setUpRichForm({ conversation, attempt }: ComposerParts): void {
  const kind = byId('rich-kind', HTMLSelectElement);
  const body = byId('rich-body', HTMLTextAreaElement);
  const offered: Example[] = [];
  const offer = (label: string, more: readonly Example[]): void => {
    offered.push(...more);
    kind.append(make('optgroup', { label }, ...more.map(({ name }) => make('option', {}, name))));
  };
  const fill = (): void => {
    body.value = JSON.stringify(offered[kind.selectedIndex]?.action ?? {}, undefined, 2);
  };
  offer('With a content to change', examples);
  kind.addEventListener('change', fill);
  fill();
  void attempt(async () => offer('Every type, as it may come from eGain', await samples()));
  byId('rich-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const id = conversation();
    if (id !== undefined) void attempt(() => act(id, readAction(body.value)));
  });
}

/** What agents or bots may send, each with the simulator's own sample of it. */
async function samples(): Promise<readonly Example[]> {
  return list(fields(await call('GET', 'types'))['types'])
    .map(fields)
    .filter(({ agent, bot }) => agent === true || bot === true)
    .map(({ type }) => ({ name: text(type), action: { do: 'sample', type: text(type) } }));
}

/** @throws {SyntaxError} in words for the person who wrote it */
function readAction(written: string): Action {
  const parsed = fields(JSON.parse(written));
  return { ...parsed, do: text(parsed['do']) };
}
