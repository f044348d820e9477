/** The configuration objects in a file, so that a restarted simulator still knows the ids it gave out. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { accountSchema } from './resources/accounts.js';
import { authenticationSchema } from './resources/authentications.js';
import { channelSchema } from './resources/channels.js';
import { clientApplicationSchema } from './resources/client-applications.js';
import type { Resources } from './resources/index.js';
import { orchestrationSchema } from './resources/orchestrations.js';
import { participantSchema } from './resources/participants.js';
import { objectId } from './resources/parts.js';

const stamp = z.looseObject({ id: objectId, created: z.iso.datetime(), modified: z.iso.datetime() });

const snapshotSchema = z.strictObject({
  version: z.literal(1),
  authentications: z.array(z.intersection(authenticationSchema, stamp)),
  clientapplications: z.array(z.intersection(clientApplicationSchema, stamp)),
  participants: z.array(z.intersection(participantSchema, stamp)),
  channels: z.array(z.intersection(channelSchema, stamp)),
  orchestrations: z.array(z.intersection(orchestrationSchema, stamp)),
  accounts: z.array(z.intersection(accountSchema, stamp)),
});

/** Changes come in bursts; one write some time after the first is enough. */
const delayMs = 200;

export class Snapshot {
  readonly #file: string;
  readonly #resources: Resources;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, resources: Resources, failed: (error: unknown) => void) {
    this.#file = file;
    this.#resources = resources;
    this.#failed = failed;
  }

  /** Puts back what the file holds; a file that does not exist holds nothing. @throws when it holds something else */
  async load(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
        return undefined;
      throw error;
    });
    if (text === undefined) return;
    const parsed = snapshotSchema.safeParse(parseJson(text));
    if (!parsed.success)
      throw new Error(`${this.#file} is no snapshot of the simulator: ${z.prettifyError(parsed.error)}`);
    const held = parsed.data;
    const resources = this.#resources;
    for (const item of held.authentications) resources.authentications.restore(item);
    for (const item of held.clientapplications) resources.clientapplications.restore(item);
    for (const item of held.participants) resources.participants.restore(item);
    for (const item of held.channels) resources.channels.restore(item);
    for (const item of held.orchestrations) resources.orchestrations.restore(item);
    for (const item of held.accounts) resources.accounts.restore(item);
  }

  /** Keeps the file up to date from now on. */
  follow(): void {
    this.#resources.onChange = () => {
      this.#timer ??= setTimeout(() => this.#write(), delayMs);
    };
    this.#write();
  }

  /** Writes what has not been written yet. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { authentications, clientapplications, participants, channels, orchestrations, accounts } =
      this.#resources;
    const content = {
      version: 1,
      authentications: authentications.all(),
      clientapplications: clientapplications.all(),
      participants: participants.all(),
      channels: channels.all(),
      orchestrations: orchestrations.all(),
      accounts: accounts.all(),
    };
    const text = `${JSON.stringify(content, undefined, 2)}\n`;
    this.#writing = this.#writing.then(() => this.#replace(text)).catch(this.#failed);
  }

  /** A reader, or a crash, finds the old content or the new one. It holds secrets: nobody else may read it. */
  async #replace(text: string): Promise<void> {
    const draft = `${this.#file}.new`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, this.#file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
