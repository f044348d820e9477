import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeliveredMessage } from '../../../src/simulator/channel/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { startFileHost, type FileHost } from '../../support/file-host.js';
import { jpeg, program, startFleet, type Fleet } from './support/fleet.js';

interface Shown {
  readonly name: string;
  readonly contentType?: string;
  readonly size?: number;
  readonly url: string;
}

const filesOf = (message: DeliveredMessage | undefined): readonly Shown[] =>
  (message as { readonly attachments?: readonly Shown[] } | undefined)?.attachments ?? [];

/** Opens a conversation and gives its id. */
async function converse(fleet: Fleet, customer: string): Promise<string> {
  await fleet.channel.send({ id: `start-${customer}`, customer: { id: customer }, text: customer });
  return eventually(
    () =>
      fleet.simulator.control
        .conversations()
        .find(({ messages }) => messages.some(({ content }) => content?.text === customer))?.id,
  );
}

async function delivered(fleet: Fleet, enough: (message: DeliveredMessage) => boolean) {
  await fleet.channel.until((messages) => messages.some(enough), 15_000);
  return fleet.channel.received().find(enough);
}

describe.each([{ store: false }, { store: true }])('an agent’s files, store: $store', ({ store }) => {
  let fleet: Fleet;
  let host: FileHost;
  beforeAll(async () => {
    host = await startFileHost();
    fleet = await startFleet({
      // Web and worker are processes of their own, with nothing in common but Redis and perhaps the folder.
      roles: ['web', 'worker', 'web', 'worker'],
      store,
      files: { patienceMs: 0 },
      notices: { windowMs: 1000 },
      switches: { assetUrlLifeSeconds: 60 },
      restrictions: { outbound: { attachmentPolicy: { type: 'block', extensions: ['exe'] } } },
    });
  });
  afterAll(async () => {
    await fleet.close();
    await host.close();
  });

  /** Sends one stored file to a new customer; gives what the channel was shown. */
  const offer = async (customer: string, name: string, bytes: Buffer): Promise<Shown> => {
    const conversation = await converse(fleet, customer);
    const file = fleet.simulator.control.storeFile({ name, bytes });
    fleet.simulator.control.act(conversation, { do: 'file', files: [{ ...file }] });
    const message = await delivered(fleet, (one) => one.customer.id === customer && filesOf(one).length > 0);
    const [shown] = filesOf(message);
    if (shown === undefined) throw new Error('no file was shown');
    return shown;
  };

  test('I10: a file is offered by a link of ours, good at every web process, whole and in parts', async () => {
    const bytes = jpeg(100_000);
    const shown = await offer('ann', 'photo.jpg', bytes);
    expect(shown).toMatchObject({ name: 'photo.jpg', contentType: 'image/jpeg', size: bytes.length });
    expect(shown.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/assets\/[\w-]{22}$/);
    for (const url of fleet.urls) {
      const address = url + new URL(shown.url).pathname;
      const whole = await fetch(address);
      expect(whole.status).toBe(200);
      expect(Object.fromEntries(whole.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'content-length': String(bytes.length),
        'content-disposition': `inline; filename="photo.jpg"; filename*=UTF-8''photo.jpg`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining('sandbox'),
        'cache-control': 'no-store',
        'accept-ranges': 'bytes',
      });
      expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);

      const part = await fetch(address, { headers: { range: 'bytes=10-29' } });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-29/${bytes.length}`]);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 30))).toBe(true);

      const end = await fetch(address, { headers: { range: 'bytes=-5' } });
      expect(Buffer.from(await end.arrayBuffer()).equals(bytes.subarray(-5))).toBe(true);

      const beyond = await fetch(address, { headers: { range: `bytes=${bytes.length}-` } });
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);

      const head = await fetch(address, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    }
  });

  test.each([
    ['a web page', 'page.html', '<!doctype html><script>alert(1)</script>', 'text/html'],
    ['a drawing with a script', 'pic.svg', '<svg xmlns="a"><script>alert(1)</script></svg>', 'image/svg+xml'],
    ['a text', 'a.txt', '<b>hello</b>', 'text/plain'],
  ])('%s is never shown in place, and may do nothing', async (_, name, content, contentType) => {
    const shown = await offer(`eve-${name}`, name, Buffer.from(content));
    const answer = await fetch(shown.url);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': contentType,
      'content-disposition': expect.stringMatching(/^attachment; /),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(await answer.text()).toBe(content);
  });

  test('a name in any script reaches whoever saves the file', async () => {
    const shown = await offer('bob', '报告 "1".pdf', Buffer.from('%PDF-1.7\n'));
    const { headers } = await fetch(shown.url);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="__ _1_.pdf"; filename*=UTF-8''${encodeURIComponent('报告 "1".pdf')}`,
    );
  });

  test('an address that has expired is asked for again by the file’s id', async () => {
    const bytes = jpeg(3000);
    const shown = await offer('cid', 'late.jpg', bytes);
    fleet.simulator.control.advanceClock(3_600_000);
    const answer = await fetch(shown.url);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('what the manifest does not allow is not shown; the rest is, and the customer is told', async () => {
    const conversation = await converse(fleet, 'dee');
    const bad = fleet.simulator.control.storeFile({ name: 'tool.jpg', bytes: program });
    const good = fleet.simulator.control.storeFile({ name: 'good.jpg', bytes: jpeg(100) });
    fleet.simulator.control.act(conversation, { do: 'file', files: [{ ...bad }, { ...good }] });
    const message = await delivered(fleet, (one) => one.customer.id === 'dee' && filesOf(one).length > 0);
    expect(filesOf(message).map(({ name }) => name)).toEqual(['good.jpg']);
    await delivered(fleet, (one) => one.customer.id === 'dee' && one.text?.includes('tool.jpg') === true);
  });

  test.each([
    ['is not there any more', '/gone'],
    ['would lead us to an inner address', 'http://169.254.169.254/x'],
  ])('I6: a file that %s: the customer is told and a dead letter kept', async (what, path) => {
    const customer = `fay-${what}`;
    const conversation = await converse(fleet, customer);
    const url = path.startsWith('http') ? path : host.url + path;
    fleet.simulator.control.act(conversation, { do: 'file', files: [{ name: `${customer}.pdf`, url }] });
    await delivered(fleet, (one) => one.text?.includes(`${customer}.pdf`) === true);
    await eventually(() =>
      fleet.log.entries().some((line) => line['reason'] === 'file-expired' && line['outcome'] === 'dead'),
    );
  });

  test.each(['/assets/short', `/assets/${'x'.repeat(22)}`, '/assets/..%2f..%2fetc%2fpasswd'])(
    'there is nothing behind %s',
    async (path) => {
      expect((await fetch(`${fleet.urls[0]}${path}`)).status).toBe(404);
    },
  );

  test('whoever breaks off leaves nothing open, neither here nor at the file’s host', async () => {
    let ended = 0;
    const size = 5_000_000;
    const url = host.put('/big', (_request, response) => {
      response.writeHead(200, { 'content-length': size });
      response.write(jpeg(200_000));
      response.on('close', () => (ended += 1));
      const drip = setInterval(() => response.write(Buffer.alloc(1000)), 20);
      response.on('close', () => clearInterval(drip));
    });
    if (store) return;
    const conversation = await converse(fleet, 'gus');
    fleet.simulator.control.act(conversation, { do: 'file', files: [{ name: 'big.jpg', url }] });
    const message = await delivered(fleet, (one) => one.customer.id === 'gus' && filesOf(one).length > 0);
    const over = new AbortController();
    const answer = await fetch(filesOf(message)[0]?.url ?? '', { signal: over.signal });
    expect(answer.status).toBe(200);
    over.abort();
    // Once for the look at it, once for the fetch that was broken off.
    await eventually(() => ended === 2);
    await eventually(async () => (await host.connections()) === 0);
  });

  test('nothing lies on any disk but in the store', async () => {
    const found = await readdir(fleet.storeFolder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(files.length > 0).toBe(store);
  });
});
