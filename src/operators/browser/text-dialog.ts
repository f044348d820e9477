/** What a dead letter says. The bridge writes down who asked. */
import { ask, sentence } from './api.js';
import { byId } from './dom.js';
import type { DeadLetterText } from './wire.js';

const dialog = byId('text', HTMLDialogElement);
const detail = byId('text-detail', HTMLElement);
const content = byId('text-content', HTMLElement);

byId('text-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
dialog.addEventListener('close', () => {
  detail.textContent = '';
  content.textContent = '';
});

export async function readText(id: string): Promise<void> {
  try {
    const told = await ask<DeadLetterText>(`dead-letters/${id}/text`);
    detail.textContent = told.detail;
    content.textContent = JSON.stringify(told.content, null, 2);
  } catch (error) {
    detail.textContent = sentence(error);
  }
  dialog.showModal();
}
