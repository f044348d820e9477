import type { Locator } from 'playwright-core';
import type { Root } from './root.js';

/** The agent's desk as a person uses it, by the names that people and screen readers know its parts by. */
export class DeskPage {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  /** A message in the transcript, by what it says. */
  message(text: string): Locator {
    return this.#root.getByRole('log', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });
  }

  async press(name: string): Promise<void> {
    await this.#root.getByRole('button', { name, exact: true }).click();
  }

  async say(text: string, options: { readonly html?: boolean } = {}): Promise<void> {
    await this.#root.getByLabel('as HTML').setChecked(options.html === true);
    await this.#root.getByLabel('Your answer').fill(text);
    await this.#root.getByLabel('Your answer').press('Enter');
  }

  async sendFile(name: string, mimeType: string, buffer: Buffer): Promise<void> {
    await this.#root.getByLabel('Send files').setInputFiles({ name, mimeType, buffer });
  }

  /** Sends one of the examples, by its name in the list. */
  async sendRich(name: string): Promise<void> {
    await this.#open('Rich messages and other types');
    await this.#root.getByLabel('Kind').selectOption({ label: name });
    await this.press('Send this');
  }

  async armFault(name: string, times: number): Promise<void> {
    await this.#open('Let something go wrong');
    await this.#root.getByLabel('What', { exact: true }).selectOption({ label: name });
    await this.#root.getByLabel(/^How often/).fill(String(times));
    await this.press('Arm it');
    await this.#root.getByText('(1 armed)').waitFor();
  }

  /** The callbacks of the conversation, newest first. */
  async callbacks(): Promise<Locator> {
    await this.#open('Callbacks as sent');
    return this.#root.locator('#wire-list > li');
  }

  async #open(summary: string): Promise<void> {
    const details = this.#root.locator('details', { has: this.#root.getByText(summary) }).first();
    if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click();
  }
}
