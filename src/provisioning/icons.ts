/** The channels' icons, from their PNG files. */
import { readFileSync } from 'node:fs';
import { whyUnreadable } from '../../config/reading.js';
import type { BridgeConfig } from '../../config/schema.js';
import { defaultIcon } from './default-icon.js';
import { readPng } from './png.js';

export interface Icons {
  /** Base64, by channel name; a channel whose icon is unusable has none. */
  readonly byChannel: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** eGain's limit, in characters of base64 [seed]. */
const longestIcon = 512_000;

/** Pixels eGain asks for when its own agents see the icon [seed]. */
const wantedSize = 32;

export function readIcons(
  channels: BridgeConfig['channels'],
  read: (path: string) => Buffer = readFileSync,
): Icons {
  const byChannel = new Map<string, string>();
  const problems: string[] = [];
  const notices: string[] = [];
  for (const [name, { manifest }] of Object.entries(channels)) {
    const { icon: path } = manifest;
    if (path === undefined) {
      byChannel.set(name, defaultIcon);
      continue;
    }
    const setting = `channels.${name}.manifest.icon`;
    const result = readIcon(path, read);
    if ('problem' in result) {
      problems.push(`${setting}: ${path} ${result.problem}`);
      continue;
    }
    byChannel.set(name, result.base64);
    if (result.notice !== undefined) notices.push(`${setting}: ${path} ${result.notice}`);
  }
  return { byChannel, problems, notices };
}

type IconResult = { readonly base64: string; readonly notice?: string } | { readonly problem: string };

function readIcon(path: string, read: (path: string) => Buffer): IconResult {
  let bytes: Buffer;
  try {
    bytes = read(path);
  } catch (error) {
    return { problem: `cannot be used: ${whyUnreadable(error)}` };
  }
  const size = readPng(bytes);
  if (size === undefined) return { problem: 'is not a PNG image, or not a whole one' };
  const base64 = bytes.toString('base64');
  if (base64.length > longestIcon) {
    return { problem: `is too large: ${base64.length} characters of base64, eGain takes ${longestIcon}` };
  }
  const { width, height } = size;
  if (width === wantedSize && height === wantedSize) return { base64 };
  return {
    base64,
    notice: `is ${width} x ${height} pixels; eGain asks for ${wantedSize} x ${wantedSize} where its agents see it`,
  };
}
