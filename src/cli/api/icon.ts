import { readFile } from 'node:fs/promises';
import { whyUnreadable } from '../../../config/reading.js';
import { readPng } from '../../provisioning/png.js';
import { CommandFailure } from '../context.js';

export interface Icon {
  readonly base64: string;
  readonly warnings: readonly string[];
}

/** eGain's limit, counted after base64 [seed]. */
const mostCharacters = 512_000;
/** In pixels; what eGain's agent desktop shows [seed]. */
const advised = 32;

/** Reads a PNG file as a channel's `icon`. @throws CommandFailure */
export async function readIcon(file: string): Promise<Icon> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new CommandFailure(`icon: ${file} cannot be used: ${whyUnreadable(error)}`, { cause: error });
  });
  return iconOf(bytes, file);
}

/** @throws CommandFailure unless the bytes are a PNG that is small enough */
export function iconOf(bytes: Buffer, name: string): Icon {
  const size = readPng(bytes);
  if (size === undefined) throw new CommandFailure(`icon: ${name}: expected a whole PNG file`);
  const base64 = bytes.toString('base64');
  if (base64.length > mostCharacters) {
    throw new CommandFailure(
      `icon: ${name}: expected at most ${mostCharacters} characters after base64 (${(mostCharacters / 4) * 3} bytes), but it has ${base64.length}`,
    );
  }
  const { width, height } = size;
  const fits = width === advised && height === advised;
  return {
    base64,
    warnings: fits
      ? []
      : [
          `icon: ${name} has ${width} × ${height} pixels; eGain advises ${advised} × ${advised} for agents' desktops`,
        ],
  };
}
