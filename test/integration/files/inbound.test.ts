import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DeadLetters } from '../../../src/lanes/dead-letters.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { openLayout } from '../../../src/lanes/layout.js';
import { eventually } from '../../support/eventually.js';
import { startFileHost, type FileHost } from '../../support/file-host.js';
import { jpeg, program, startFleet, type Fleet } from './support/fleet.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What the hub was sent by a customer, in order. */
function sent(fleet: Fleet, messageId: RegExp) {
  return fleet.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && messageId.test(record.messageId ?? '')
        ? [record.message]
        : [],
    );
}

/** What the hub holds of files: uploaded, or fetched from our links. */
function held(fleet: Fleet) {
  return fleet.simulator.records().flatMap((record) => (record.kind === 'file' ? [record] : []));
}

const spanish = [
  {
    language: 'es-ES',
    properties: [{ name: 'msg_hub_blocked_file_extension', value: 'Los archivos "{0}" no se admiten.' }],
  },
];

describe.each([
  { reference: 'url', store: false },
  { reference: 'url', store: true },
  { reference: 'asset_id', store: false },
  { reference: 'asset_id', store: true },
  { reference: 'both', store: false },
])('a customer’s files, by $reference, store: $store', ({ reference, store }) => {
  let fleet: Fleet;
  let host: FileHost;
  beforeAll(async () => {
    host = await startFileHost();
    fleet = await startFleet({
      store,
      egainSwitches: { attachment_ref: reference },
      switches: { fetchAttachments: true },
      restrictions: { inbound: { attachmentPolicy: { type: 'block', extensions: ['exe', 'zip'] } } },
      l10nProperties: spanish,
      files: { patienceMs: 0 },
      notices: { windowMs: 1000 },
    });
  });
  afterAll(async () => {
    await fleet.close();
    await host.close();
  });

  test('a message with text, three files and one refused file delivers the rest and tells about the one', async () => {
    const files = [jpeg(5000), Buffer.from('hello'), jpeg(70_000)];
    const { status } = await fleet.channel.send({
      id: 'mixed',
      customer: { id: 'dana', language: 'es' },
      text: 'Here they are',
      attachments: [
        { name: 'one.jpg', url: host.put('/one', files[0] ?? jpeg(1)) },
        { name: 'two.txt', url: host.put('/two', files[1] ?? jpeg(1)) },
        { name: 'holiday.jpg', url: host.put('/bad', program) },
        { name: 'three.jpg', url: host.put('/three', files[2] ?? jpeg(1)) },
      ],
    });
    expect(status).toBe(202);
    const [words, attached] = await eventually(() => {
      const found = sent(fleet, /^mixed/);
      return found.length === 2 ? found : undefined;
    });
    expect(words).toMatchObject({ content: { text: 'Here they are' } });
    expect(attached?.attachments?.attachment.map(({ name }) => name)).toEqual([
      'one.jpg',
      'two.txt',
      'three.jpg',
    ]);
    for (const file of attached?.attachments?.attachment ?? []) {
      expect({ url: file.url !== undefined, id: file.id !== undefined }).toEqual({
        url: reference !== 'asset_id',
        id: reference !== 'url',
      });
      if (file.url !== undefined) expect(file.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/assets\/[\w-]{22}$/);
    }
    const expected = files.map(sha256);
    await eventually(() => {
      const have = new Set(held(fleet).map((file) => file.sha256));
      return expected.every((one) => have.has(one));
    });
    await fleet.channel.until(
      (messages) => messages.some(({ text }) => text === 'Los archivos "exe" no se admiten.'),
      10_000,
    );
  });

  test('an uploaded file reaches eGain under the reference the upload gave', async () => {
    const bytes = jpeg(20_000);
    const wish = { name: 'up.jpg', size: bytes.length, customer: { id: 'dana' } };
    const { body } = await fleet.upload(wish, bytes);
    await fleet.channel.send({
      id: 'uploaded',
      customer: { id: 'dana' },
      attachments: [{ name: 'up.jpg', assetId: body['assetId'] }],
    });
    const [message] = await eventually(() => {
      const found = sent(fleet, /^uploaded/);
      return found.length === 1 ? found : undefined;
    });
    expect(message?.attachments?.attachment).toMatchObject([{ name: 'up.jpg', contentType: 'image/jpeg' }]);
    await eventually(() => held(fleet).some((file) => file.sha256 === sha256(bytes)));
  });

  test('I9: nobody names a file that another customer uploaded', async () => {
    const bytes = jpeg(2000);
    const { body } = await fleet.upload(
      { name: 'secret.jpg', size: bytes.length, customer: { id: 'dana' } },
      bytes,
    );
    await fleet.channel.send({
      id: 'foreign',
      customer: { id: 'eve' },
      text: 'Look',
      attachments: [{ name: 'mine.jpg', assetId: body['assetId'] }],
    });
    await fleet.channel.until(
      (messages) => messages.some(({ text }) => text?.includes('mine.jpg') === true),
      10_000,
    );
    expect(sent(fleet, /^foreign/)).toMatchObject([{ content: { text: 'Look' } }]);
  });

  test.each([
    ['is not there', '/missing', undefined],
    ['lies at an inner address', 'http://169.254.169.254/latest/meta-data', undefined],
    ['is larger than anything', '/huge', Buffer.alloc(11_534_336)],
    ['is empty', '/empty', Buffer.alloc(0)],
  ])('a file that %s does not keep the text back, and the customer is told', async (what, path, bytes) => {
    const id = `alone-${what.replaceAll(' ', '-')}`;
    const url = path.startsWith('http')
      ? path
      : bytes === undefined
        ? host.url + path
        : host.put(path, bytes);
    fleet.channel.forget();
    await fleet.channel.send({
      id,
      customer: { id: `finn-${what}` },
      text: id,
      attachments: [{ name: 'file.txt', url, size: 100 }],
    });
    await fleet.channel.until((messages) => messages.some(({ type }) => type === 'system'), 10_000);
    expect(sent(fleet, new RegExp(`^${id}`))).toMatchObject([{ content: { text: id } }]);
  });
});

describe('what happens on the way', () => {
  let fleet: Fleet;
  let host: FileHost;
  beforeAll(async () => {
    host = await startFileHost();
    fleet = await startFleet({
      egainSwitches: { attachment_ref: 'asset_id' },
      files: { patienceMs: 1500, idleMs: 1000, timeoutMs: 1000 },
    });
  });
  afterAll(async () => {
    await fleet.close();
    await host.close();
  });

  test('I5: a file that is up is not uploaded again when the message itself has to be sent again', async () => {
    const fault = fleet.simulator.control.addFault({
      kind: 'status',
      operation: 'sendMessage',
      status: 503,
      times: 2,
      bodyIncludes: 'once.jpg',
    });
    await fleet.channel.send({
      id: 'once',
      customer: { id: 'gil' },
      attachments: [{ name: 'once.jpg', url: host.put('/once', jpeg(9000)) }],
    });
    await eventually(() => sent(fleet, /^once/).length === 1);
    fleet.simulator.control.removeFault(fault);
    expect(held(fleet).filter(({ name }) => name === 'once.jpg')).toHaveLength(1);
    expect(host.asked.filter((path) => path === '/once')).toHaveLength(1);
  });

  test('a host that comes back in time loses nothing', async () => {
    let times = 0;
    const url = host.put('/later', (_request, response) => {
      times += 1;
      if (times < 3) response.writeHead(503).end();
      else response.end('there it is');
    });
    await fleet.channel.send({
      id: 'later',
      customer: { id: 'hal' },
      attachments: [{ name: 'later.txt', url }],
    });
    const [message] = await eventually(() => {
      const found = sent(fleet, /^later/);
      return found.length === 1 ? found : undefined;
    });
    expect(message?.attachments?.attachment).toMatchObject([{ name: 'later.txt', size: 11 }]);
  });

  test('I6: what could not be had is a dead letter; tried again, it is the missing file alone', async () => {
    const url = host.url + '/found-later';
    await fleet.channel.send({
      id: 'lost',
      customer: { id: 'ida' },
      text: 'With it',
      attachments: [
        { name: 'good.txt', url: host.put('/good', Buffer.from('good')) },
        { name: 'lost.txt', url },
      ],
    });
    await eventually(() => fleet.log.text().includes('file-expired'));
    expect(sent(fleet, /^lost/)).toHaveLength(2);
    host.put('/found-later', Buffer.from('here'));
    const redis = fleet.redis.client();
    const keys = await openLayout(redis, { prefix: 'egain-bridge', shards: 1 });
    const letters = [];
    for await (const letter of new DeadLetters(redis, keys).list()) letters.push(letter);
    const letter = letters.find(({ reason }) => reason === 'file-expired');
    expect(letter?.detail).toMatch(/^1 of 2 files/);
    const lanes = new Lanes(redis, keys, {
      duplicateWindowMs: 60_000,
      journeysMs: 60_000,
      journeysMax: 100,
      deadLettersMs: 60_000,
      deadLettersMax: 100,
      window: 10,
    });
    const [shard = '0', number = ''] = (letter?.id ?? '').split('-');
    await lanes.revive(Number(shard), number);
    const again = await eventually(() => {
      const found = sent(fleet, /^lost.*late/);
      return found.length === 1 ? found : undefined;
    });
    expect(again).toMatchObject([{ attachments: { attachment: [{ name: 'lost.txt', size: 4 }] } }]);
  });

  test('a download that never ends is given up, with its connection', async () => {
    const url = host.put('/endless', (_request, response) => {
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    });
    await fleet.channel.send({
      id: 'endless',
      customer: { id: 'jan' },
      text: 'endless',
      attachments: [{ name: 'endless.txt', url }],
    });
    await fleet.channel.until(
      (messages) => messages.some(({ text }) => text?.includes('endless.txt') === true),
      15_000,
    );
    expect(sent(fleet, /^endless/)).toMatchObject([{ content: { text: 'endless' } }]);
    await eventually(async () => (await host.connections()) === 0);
  });

  test('ten small files in each of many messages arrive, in order', async () => {
    const url = host.put('/tiny', Buffer.from('t'));
    const count = 20;
    for (let index = 0; index < count; index += 1) {
      await fleet.channel.send({
        id: `tiny-${index}`,
        customer: { id: `kim-${index % 4}` },
        attachments: Array.from({ length: 10 }, (_, file) => ({ name: `${index}-${file}.txt`, url })),
      });
    }
    await eventually(() => sent(fleet, /^tiny/).length === count, { timeoutMs: 20_000 });
    for (const message of sent(fleet, /^tiny/)) expect(message.attachments?.attachment).toHaveLength(10);
    await eventually(async () => (await host.connections()) <= 1);
  });
});
