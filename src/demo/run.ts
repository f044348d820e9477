import { once } from 'node:events';
import { tally } from './check.js';
import { bot, customer, play } from './conversation.js';
import { message, opening, verdict, welcome, type Paint } from './screen.js';
import { openStartPage } from './start-page/open.js';
import { openStage } from './stage.js';
import type { StartPage } from './start-page/serve.js';
import { invitation, linesToTry } from './try-it.js';
import { Witness } from './witness.js';

export interface DemoOptions {
  readonly port: number;
  readonly managementPort: number;
  /** Of the start page. */
  readonly pagePort: number;
  /** End after the conversation instead of waiting for somebody to end it. */
  readonly once: boolean;
  readonly paint: Paint;
  readonly write: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of this command line's own script, for commands to copy. */
  readonly program: string;
  /** Set when somebody asks it to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Plays one conversation over a bridge of its own and tells what happened to it.
 * @returns whether every message arrived, once and in order
 * @throws the reason of `signal` when asked to stop before that was known. Nothing is left behind in any case.
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { port, managementPort, pagePort, paint, write, env, signal, now } = options;
  const began = now();
  const pageOrigin = `http://127.0.0.1:${pagePort}`;
  const stage = await openStage({ port, managementPort, pageOrigin, bot, env, signal });
  const started = now();
  const witness = new Witness(stage.simulator, stage.channel, now, (hops) =>
    write(message(paint, hops, started)),
  );
  let page: StartPage | undefined;
  try {
    write(opening(paint, stage, started - began));
    if (!options.once) {
      page = await openStartPage(stage, pagePort);
      write(welcome(paint, page.url, stage));
    }
    const { said, brokenOff } = await play(stage, witness, now, signal);
    const counted = tally(stage.simulator, stage.channel, customer.id, said);
    const problems = [...(brokenOff === undefined ? [] : [brokenOff]), ...counted.problems];
    write(verdict(paint, { ...counted, problems }));
    if (!options.once) {
      write(invitation(paint, linesToTry(stage, options.program, said[0]?.id ?? '', env)));
      if (!signal.aborted) await once(signal, 'abort');
    }
    return problems.length === 0;
  } finally {
    witness.close();
    await page?.close();
    await stage.close();
  }
}
