/** Sending every kind of message that is more than a text. */
import { act, type Action } from './control.js';
import { byId, make } from './dom.js';
import { examples } from './rich-examples.js';
import { fields, text } from './wire.js';
import type { ComposerParts } from './composer.js';

export function setUpRichForm({ conversation, attempt }: ComposerParts): void {
  const kind = byId('rich-kind', HTMLSelectElement);
  const body = byId('rich-body', HTMLTextAreaElement);
  for (const { name } of examples) kind.append(make('option', {}, name));
  const fill = (): void => {
    body.value = JSON.stringify(examples[kind.selectedIndex]?.action ?? {}, undefined, 2);
  };
  kind.addEventListener('change', fill);
  fill();
  byId('rich-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const id = conversation();
    if (id !== undefined) void attempt(() => act(id, readAction(body.value)));
  });
}

/** @throws {SyntaxError} in words for the person who wrote it */
function readAction(written: string): Action {
  const parsed = fields(JSON.parse(written));
  return { ...parsed, do: text(parsed['do']) };
}
