import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startFileHost, type Behaviour, type FileHost } from '../support/file-host.js';
import { picture } from '../support/picture.js';
import { askTicket, sendFile } from '../support/upload.js';
import { operateWellOn } from './support/operate.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const program = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(200)]);
const elevenMiB = 11_534_336;

let host: FileHost;
let world: World;
let bridge: BridgeProcess;
beforeAll(async () => {
  host = await startFileHost();
  world = await startWorld({
    overrides: {
      files: { allowHosts: ['127.0.0.1'], patienceMs: 0, timeoutMs: 2000, idleMs: 1000 },
      notices: { windowMs: 1000 },
      channels: {
        support: {
          manifest: {
            type: 'custom.support',
            displayName: 'Support',
            restrictions: { inbound: { attachmentPolicy: { type: 'block', extensions: ['exe'] } } },
          },
        },
      },
    },
  });
  // Nothing is written to a temporary folder: there is none.
  bridge = await world.startBridge({ env: { TMPDIR: '/nonexistent' } });
  connect(world, bridge);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await host.close();
});
beforeEach(() => world.channel.forget());

/** What the hub was sent by a customer under message ids that begin so. */
const sent = (start: string) =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' &&
      record.direction === 'inbound' &&
      record.messageId?.startsWith(start) === true
        ? [record.message]
        : [],
    );

const filesOf = (start: string) => sent(start).flatMap(({ attachments }) => attachments?.attachment ?? []);

let number = 0;
/** One message with a text and a file behind an address, each from a customer of its own. */
async function sendLinked(file: { readonly name: string; readonly url: string; readonly size?: number }) {
  number += 1;
  const id = `linked-${number}.`;
  const customer = { id: `customer-${number}` };
  await world.channel.send({ id, customer, text: 'the words', attachments: [file] });
  const told = (): string | undefined =>
    world.channel
      .received()
      .find((message) => message.customer.id === customer.id && message.type === 'system')?.text;
  return { id, told };
}

const given =
  (head: Readonly<Record<string, string | number>>, body: Buffer): Behaviour =>
  (_request, response) => {
    response.writeHead(200, head);
    response.write(body);
    // A length that is not kept: the host goes without a word.
    setTimeout(() => response.destroy(), 100);
  };

const bad: readonly (readonly [what: string, name: string, what: Buffer | Behaviour, told: RegExp])[] = [
  ['a program renamed to a picture', 'holiday.jpg', program, /exe/],
  ['a double extension that is not allowed', 'holiday.jpg.exe', picture(100), /exe/],
  ['a name that hides its end', 'holiday\u202egpj.exe', picture(100), /exe/],
  ['an empty file', 'empty.txt', Buffer.alloc(0), /"empty\.txt".*empty/],
  ['11 MiB', 'large.jpg', picture(elevenMiB), /larger than 10/],
  [
    '11 MiB whose host tells no length',
    'large.jpg',
    (_request, response) => void response.writeHead(200).end(picture(elevenMiB)),
    /larger than 10/,
  ],
  [
    'more announced by its host than comes',
    'short.jpg',
    given({ 'content-length': 5000 }, picture(100)),
    /"short\.jpg".*could not be delivered/,
  ],
  [
    'a download that never ends',
    'endless.txt',
    (_request, response) => {
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    },
    /"endless\.txt".*could not be delivered/,
  ],
  [
    'a redirect to where clouds keep their secrets',
    'secrets.txt',
    (_request, response) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    /"secrets\.txt".*could not be delivered/,
  ],
];

describe('I6: a file by address that cannot go is told, and the words of its message go', () => {
  test.each(bad)('%s', async (what, name, answer, expected) => {
    const url = host.put(`/${what.replaceAll(' ', '-')}`, answer);
    const { id, told } = await sendLinked({ name, url, size: 100 });
    expect(await eventually(told, { timeoutMs: 30_000 })).toMatch(expected);
    expect(sent(id)).toMatchObject([{ content: { text: 'the words' } }]);
    expect(filesOf(id)).toEqual([]);
  });

  test('nobody is asked who must not be: the dead letter says forbidden, not unreachable', async () => {
    for (const [path, told] of [
      ['http://169.254.169.254/latest/meta-data', 'forbidden: not https'],
      ['https://169.254.169.254/latest/meta-data', 'forbidden: an address that is not public'],
    ] as const) {
      const leave: Behaviour = (_request, response) => void response.writeHead(302, { location: path }).end();
      const { id } = await sendLinked({ name: 'secrets.txt', url: host.put(`/${number}`, leave) });
      const letter = await eventually(async () => {
        const listed = await operateWellOn(bridge.configFile, ['dead-letters', 'list', '--json']);
        return listed.split('\n').find((line) => line.includes(`"${id}"`));
      });
      expect(letter).toContain(told);
    }
  });

  test('a size that is said wrongly, too small or too large, is counted', async () => {
    const bytes = picture(3000);
    const url = host.put('/counted', bytes);
    for (const size of [1, 9_000_000]) {
      const { id } = await sendLinked({ name: 'photo.jpg', url, size });
      await eventually(() => filesOf(id).length === 1);
      expect(filesOf(id)).toMatchObject([{ name: 'photo.jpg', size: bytes.length }]);
    }
  });

  test.each([
    ['../../etc/passwd.txt', 'passwd.txt'],
    ['C:\\Windows\\system.txt', 'system.txt'],
    ['note\u202e\u2066.txt', 'note.txt'],
    [`${'long'.repeat(60)}.txt`, /^(long)+.*\.txt$/],
  ])('of the name %j only what names a file is left', async (name, left) => {
    const { id } = await sendLinked({ name, url: host.put('/named', Buffer.from('hello')) });
    await eventually(() => filesOf(id).length === 1);
    expect(filesOf(id)[0]?.name).toMatch(left);
    expect(filesOf(id)[0]?.name).not.toMatch(/[\\/\p{Cc}\p{Cf}]/u);
  });
});

describe('an upload', () => {
  const ask = (wish: object) => askTicket(bridge.url, world.secret, wish);

  test.each([
    ['a program renamed to a picture', { name: 'a.jpg', size: program.length }, program, 422],
    ['an empty file', { name: 'a.txt', size: 0 }, Buffer.alloc(0), 422],
    ['11 MiB', { name: 'a.jpg', size: elevenMiB }, Buffer.alloc(1), 413],
    ['fewer bytes than were said', { name: 'a.txt', size: 500 }, Buffer.alloc(400, 65), 422],
    ['more bytes than were said', { name: 'a.txt', size: 50 }, Buffer.alloc(400, 65), 422],
    ['a name that hides its end', { name: 'a\u202egpj.exe', size: 100 }, program, 422],
  ])('of %s is refused in one sentence', async (_what, wish, bytes, status) => {
    const offered = await ask(wish);
    const answer =
      offered.status === 201 ? await sendFile(bridge.url, offered.body['ticket'], bytes) : offered;
    expect(answer).toEqual({
      status,
      body: { code: expect.any(String), message: expect.stringMatching(/^(size|file|name): expected /) },
    });
  });

  test('I9: takes no file without a ticket, nor two for one, not even at the same time', async () => {
    const bytes = Buffer.from('hello');
    expect((await sendFile(bridge.url, undefined, bytes)).status).toBe(401);
    const { body } = await ask({ name: 'a.txt', size: bytes.length });
    const both = await Promise.all([1, 2].map(() => sendFile(bridge.url, body['ticket'], bytes)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect((await sendFile(bridge.url, body['ticket'], bytes)).status).toBe(401);
  });

  test('I9: of one customer is good for no other’s message, and stays good for theirs', async () => {
    const bytes = picture(2000);
    const { body: offered } = await ask({
      name: 'mine.jpg',
      size: bytes.length,
      customer: { id: 'ann' },
    });
    const { body } = await sendFile(bridge.url, offered['ticket'], bytes);
    const attachments = [{ name: 'mine.jpg', assetId: body['assetId'] }];
    await world.channel.send({ id: 'stolen', customer: { id: 'eve' }, text: 'look', attachments });
    await eventually(() =>
      world.channel
        .received()
        .some(({ text, customer }) => customer.id === 'eve' && text?.includes('mine.jpg')),
    );
    expect(filesOf('stolen')).toEqual([]);
    await world.channel.send({ id: 'own', customer: { id: 'ann' }, text: 'look', attachments });
    await eventually(() => filesOf('own').length === 1);
  });
});

describe('very many tiny files', () => {
  test('in one message are refused, with the most there may be', async () => {
    const attachments = Array.from({ length: 10_000 }, (_, index) => ({ name: `${index}`, url: host.url }));
    const answer = await world.channel.send({ customer: { id: 'many' }, text: 'many', attachments });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer)).toContain('10');
    expect(
      world.simulator.records().some((record) => record.kind === 'message' && record.text === 'many'),
    ).toBe(false);
  });

  // Ten times as many are in the measurement `files`.
  test('a thousand, ten to a message, arrive all, in order, and leave nothing open', async () => {
    const [messages, each, customers] = [100, 10, 20];
    const url = host.put('/tiny', Buffer.from('t'));
    const descriptors = async (): Promise<number> => (await readdir(`/proc/${bridge.pid}/fd`)).length;
    const before = await descriptors();
    for (let index = 0; index < messages; index += 1) {
      await world.channel.send({
        id: `tiny-${index}`,
        customer: { id: `kim-${index % customers}` },
        attachments: Array.from({ length: each }, (_, file) => ({ name: `${index}-${file}.txt`, url })),
      });
    }
    await eventually(() => filesOf('tiny-').length === messages * each, { timeoutMs: 90_000 });
    for (let customer = 0; customer < customers; customer += 1) {
      const order = sent('tiny-')
        .map(({ messageId }) => Number(/^tiny-(\d+)/.exec(messageId ?? '')?.[1]))
        .filter((index) => index % customers === customer);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    // Pooled connections to eGain may have come, as many as uploads were busy at once; forgotten files would be a thousand.
    await eventually(async () => (await descriptors()) <= before + 200);
    await eventually(async () => (await host.connections()) <= 1);
  }, 120_000);
});
