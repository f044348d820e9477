import { createServer } from 'node:net';
import { freePort } from '../operations/free-port.js';

export interface PortWish {
  /** The option that asks for one port and no other, as it is typed. */
  readonly option: string;
  readonly asked: number | undefined;
  /** Taken when nobody asked for one and nobody else has it. */
  readonly usual: number;
}

export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * The ports on loopback, in the order of the wishes and all different. A port that was asked for is that one; a usual
 * one that somebody else has makes way for a free one.
 * @throws {PortTaken}
 */
export async function choosePorts(wishes: readonly PortWish[]): Promise<number[]> {
  const asked = wishes.flatMap((wish) => wish.asked ?? []);
  const chosen: number[] = [];
  for (const wish of wishes) chosen.push(await choose(wish, [...chosen, ...asked]));
  return chosen;
}

async function choose({ option, asked, usual }: PortWish, spoken: readonly number[]): Promise<number> {
  if (asked === undefined) return !spoken.includes(usual) && (await isFree(usual)) ? usual : freePort();
  if (spoken.filter((port) => port === asked).length > 1)
    throw new PortTaken(`${option} ${asked}: the two ports must differ`);
  if (await isFree(asked)) return asked;
  throw new PortTaken(
    `${option} ${asked}: another program has this port; name another, or none for a free one`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
