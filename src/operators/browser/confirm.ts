/** Nothing is changed by a single click: a dialog says what will be done, and to how much. */
import { byId } from './dom.js';

const dialog = byId('confirm', HTMLDialogElement);
const question = byId('confirm-question', HTMLElement);
const detail = byId('confirm-detail', HTMLElement);
const yes = byId('confirm-yes', HTMLButtonElement);
const no = byId('confirm-no', HTMLButtonElement);

let answered: ((answer: boolean) => void) | undefined;

yes.addEventListener('click', () => dialog.close('yes'));
no.addEventListener('click', () => dialog.close('no'));
dialog.addEventListener('close', () => {
  answered?.(dialog.returnValue === 'yes');
  answered = undefined;
});

export function confirmed(asked: {
  readonly question: string;
  readonly detail: string;
  /** What the button that does it says. */
  readonly act: string;
}): Promise<boolean> {
  question.textContent = asked.question;
  detail.textContent = asked.detail;
  yes.textContent = asked.act;
  dialog.returnValue = 'no';
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => (answered = resolve));
}
