import type { BridgeConfig } from '../../../config/schema.js';
import { defaultIcon } from '../../../src/provisioning/default-icon.js';
import { readIcons } from '../../../src/provisioning/icons.js';
import { readPng } from '../../../src/provisioning/png.js';
import { minimal } from '../config/fixture.js';
import { config, usual } from './fixture.js';

const png = Buffer.from(defaultIcon, 'base64');

/** The same picture, said to be of another size, with `padding` bytes in a chunk of their own. */
function variant(width: number, height: number, padding = 0): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  const extra = Buffer.alloc(padding + 12);
  extra.writeUInt32BE(padding, 0);
  extra.write('tEXt', 4);
  return Buffer.concat([bytes.subarray(0, 33), ...(padding === 0 ? [] : [extra]), bytes.subarray(33)]);
}

const channels = (icon?: string): BridgeConfig['channels'] =>
  config(
    (icon === undefined ? minimal : minimal.replace('displayName:', `icon: ${icon}, displayName:`)) + usual,
  ).channels;

const read = (bytes: Buffer) => readIcons(channels('/srv/icon.png'), () => bytes);

const setting = 'channels.support.manifest.icon: /srv/icon.png';

describe('icons', () => {
  test('the one that comes with the bridge is a whole PNG of 32 x 32 pixels', () => {
    expect(readPng(png)).toEqual({ width: 32, height: 32 });
    expect(readIcons(channels()).byChannel.get('support')).toBe(defaultIcon);
  });

  test('one from a file is sent as it is', () => {
    expect(read(png)).toEqual({ byChannel: new Map([['support', defaultIcon]]), problems: [], notices: [] });
  });

  test('another size is a notice, not an error', () => {
    const { byChannel, problems, notices } = read(variant(64, 48));
    expect(byChannel.has('support')).toBe(true);
    expect(problems).toEqual([]);
    expect(notices).toEqual([`${setting} is 64 x 48 pixels; eGain asks for 32 x 32 where its agents see it`]);
  });

  test.each([
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['nothing', Buffer.alloc(0)],
    ['half of a PNG', png.subarray(0, 100)],
    ['a PNG without its first chunk', Buffer.concat([png.subarray(0, 8), png.subarray(33)])],
    ['a PNG without pixels', variant(0, 0)],
  ])('%s is refused', (_what, bytes) => {
    expect(read(bytes).problems).toEqual([`${setting} is not a PNG image, or not a whole one`]);
  });

  test('the limit is on what is sent: 512000 characters of base64', () => {
    // 12 bytes of frame; three bytes become four characters.
    const largest = 384_000 - png.length - 12;
    expect(read(variant(32, 32, largest)).problems).toEqual([]);
    expect(read(variant(32, 32, largest + 1)).problems).toEqual([
      `${setting} is too large: 512004 characters of base64, eGain takes 512000`,
    ]);
  });

  test('a file that is not there is named with its setting', () => {
    expect(readIcons(channels('/nowhere/icon.png')).problems).toEqual([
      'channels.support.manifest.icon: /nowhere/icon.png cannot be used: there is no such file',
    ]);
  });
});
