import type { Locator } from 'playwright-core';
import type { Root } from './root.js';

/** The web chat as a customer uses it. */
export class ChatPage {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  async say(text: string): Promise<void> {
    await this.#root.getByLabel('Message', { exact: true }).fill(text);
    await this.#root.getByLabel('Message', { exact: true }).press('Enter');
  }

  /** What the customer wrote, by its text. */
  own(text: string): Locator {
    return this.#root.getByTestId('own-message').filter({ hasText: text });
  }

  /** What the other side wrote, by its text. */
  message(text: string): Locator {
    return this.#root.getByTestId('message').filter({ hasText: text });
  }

  /** A line between the messages: somebody joins, the conversation ends. */
  line(text: string | RegExp): Locator {
    return this.#root.getByTestId('line').filter({ hasText: text });
  }

  /** What was offered last, or what of it has these words. */
  offer(text: string): Locator {
    return this.#root.getByTestId('offer').filter({ hasText: text }).last();
  }

  async attach(
    ...files: readonly { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]
  ) {
    await this.#root.getByTestId('picker').setInputFiles([...files]);
  }

  /** A file under the text that is being written, by what is said of it. */
  upload(text: string | RegExp): Locator {
    return this.#root.getByTestId('upload').filter({ hasText: text });
  }

  /** Texts of all that the other side wrote, in order. */
  texts(): Promise<readonly string[]> {
    return this.#root.getByTestId('message').getByTestId('text').allInnerTexts();
  }
}
