import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import {
  expectRefused,
  fromEgain,
  jsonType,
  marker,
  signed,
  useWeb,
  waysIn,
  type Headers,
  type Refused,
} from './support/web.js';
import { bytesOf, chunk, openWire, type Answer, type Wire } from './support/wire.js';

const mebibyte = 1024 * 1024;
const chunked: readonly [string, string] = ['transfer-encoding', 'chunked'];
let made = 0;

interface Route {
  readonly caller: 'egain' | 'channel';
  readonly path: string;
  readonly status: number;
  /** A body that is taken, with the headers that make it so. */
  readonly good: () => { readonly headers: Headers; readonly body: string };
  readonly unbelieved: Headers;
  readonly sign: (body: Buffer | string) => Headers;
}

const routes: readonly Route[] = [
  {
    caller: 'channel',
    path: '/channels/support/webhook',
    status: 202,
    good: () => {
      made += 1;
      const message = { id: `m-${made}`, type: 'text', customer: { id: 'u-1' }, text: 'x' };
      const body = JSON.stringify(message);
      return { headers: signed(body), body };
    },
    unbelieved: [jsonType],
    sign: signed,
  },
  {
    caller: 'egain',
    path: '/egain/callback',
    status: 200,
    good: () => ({ headers: fromEgain, body: '{"messages":{"message":[]}}' }),
    unbelieved: [jsonType],
    sign: () => fromEgain,
  },
];
const cases = waysIn.flatMap((way) => routes.map((route) => ({ ...way, ...route })));

describe.each(cases)('$path, $way', ({ direct, caller, path, status, good, unbelieved, sign }) => {
  const web = useWeb({ direct });
  const refusedWith = (code: string, number: number, names: RegExp): Refused => ({
    status: number,
    code,
    caller,
    names,
  });
  const tooLarge = refusedWith('too-large', 413, /^body: .*1048576/);
  const unauthenticated = refusedWith('unauthenticated', 401, /missing/);

  /** One request on an open connection. */
  const ask = (wire: Wire, headers: Headers, body: string | Buffer): Promise<Answer> => {
    wire.write(bytesOf({ path, headers, body }));
    return wire.answer();
  };
  const askWell = (wire: Wire): Promise<Answer> => {
    const { headers, body } = good();
    return ask(wire, headers, body);
  };

  describe('size', () => {
    test('a body of exactly the limit is read', async () => {
      const body = Buffer.alloc(mebibyte, ' ');
      Buffer.from(good().body).copy(body);
      expect((await web().send({ path, headers: sign(body), body })).status).toBe(status);
    });

    test('10 MB are refused, and the sender sees it although it never stopped sending', async () => {
      const body = Buffer.alloc(10 * mebibyte, marker);
      const wire = await openWire(web().port);
      const answer = await expectRefused(web(), () => ask(wire, sign('x'), body), tooLarge);
      expect(answer.headers.get('connection')).toBe('close');
      await wire.closed;
    });

    test('10 MB in chunks are refused, and the sender sees it', async () => {
      const wire = await openWire(web().port);
      wire.write(bytesOf({ path, headers: [...sign('x'), chunked] }));
      for (let n = 0; n < 160; n += 1) wire.write(chunk(Buffer.alloc(mebibyte / 16, marker)));
      const answer = await expectRefused(web(), () => wire.answer(), tooLarge);
      expect(answer.headers.get('connection')).toBe('close');
      await wire.closed;
    });

    test('a body that never ends is read for a while and then cut off', async () => {
      const wire = await openWire(web().port);
      wire.write(bytesOf({ path, headers: [...sign('x'), chunked] }));
      const pour = setInterval(() => wire.write(chunk(Buffer.alloc(mebibyte))), 5);
      try {
        expect((await wire.answer()).status).toBe(413);
        await wire.closed;
      } finally {
        clearInterval(pour);
      }
    });

    test('a body that is announced too large is refused before it is sent', async () => {
      const wire = await openWire(web().port);
      const headers: Headers = [...sign('x'), ['content-length', String(10 * mebibyte)]];
      await expectRefused(web(), () => ask(wire, headers, ''), tooLarge);
      wire.destroy();
    });
  });

  describe('type and encoding', () => {
    test.each<[string, Headers]>([
      ['no type', []],
      ['a form', [['content-type', 'application/x-www-form-urlencoded']]],
      ['plain text', [['content-type', 'text/plain']]],
      ['nearly JSON', [['content-type', 'application/jsonp']]],
      ['gzip', [jsonType, ['content-encoding', 'gzip']]],
      ['several encodings', [jsonType, ['content-encoding', 'identity, br']]],
    ])('%s is of the wrong type', async (_what, headers) => {
      const rest = good().headers.filter(([name]) => name !== 'content-type');
      await expectRefused(
        web(),
        () => web().send({ path, headers: [...headers, ...rest], body: marker }),
        refusedWith('unsupported-type', 415, /^content-(type|encoding): /),
      );
    });

    test('a small body that would unpack to 100 MB is not unpacked', async () => {
      const bomb = gzipSync(Buffer.alloc(100 * mebibyte, ' '));
      const before = process.memoryUsage().rss;
      const headers: Headers = [...sign(bomb), ['content-encoding', 'gzip']];
      expect((await web().send({ path, headers, body: bomb })).status).toBe(415);
      expect(process.memoryUsage().rss - before).toBeLessThan(50 * mebibyte);
    });

    test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/cloudevents+json'])(
      '%s is JSON',
      async (type) => {
        const { headers, body } = good();
        const all = headers.map(([name, value]) => [name, name === 'content-type' ? type : value] as const);
        expect((await web().send({ path, headers: all, body })).status).toBe(status);
      },
    );
  });

  describe('a connection that is kept', () => {
    test('goes on after a refusal whose small body nobody read', async () => {
      const wire = await openWire(web().port);
      const small = JSON.stringify({ text: marker.repeat(100) });
      for (let n = 0; n < 3; n += 1) {
        const answer = await expectRefused(web(), () => ask(wire, unbelieved, small), unauthenticated);
        expect(answer.headers.get('connection')).not.toBe('close');
      }
      expect((await ask(wire, sign('['), '[')).status).toBe(400);
      expect((await askWell(wire)).status).toBe(status);
      wire.destroy();
    });

    test('I9: what lies in an unread body is never taken for a request', async () => {
      const { headers, body } = good();
      const inner = bytesOf({ path, headers, body });
      for (const kind of ['announced', 'chunked'] as const) {
        const before = await web().keys();
        const wire = await openWire(web().port);
        if (kind === 'announced') wire.write(bytesOf({ path, headers: unbelieved, body: inner }));
        else {
          const start = bytesOf({ path, headers: [...unbelieved, chunked] });
          wire.write(Buffer.concat([start, chunk(inner), chunk()]));
        }
        expect((await wire.answer()).status).toBe(401);
        // Whatever is answered next must be the answer to this one.
        wire.write(bytesOf({ method: 'PUT', path }));
        const next = await wire.answer().catch(() => undefined);
        expect(next?.status ?? 405).toBe(405);
        wire.destroy();
        expect(await web().keys()).toEqual(before);
      }
    });

    test('is closed after a refusal that leaves much unread', async () => {
      const wire = await openWire(web().port);
      const headers: Headers = [...unbelieved, ['content-length', String(mebibyte)]];
      // The 401 of the callback does not wait for the body; a signature needs it, so the webhook does.
      wire.write(bytesOf({ path, headers, body: Buffer.alloc(caller === 'egain' ? 100 : mebibyte) }));
      const answer = await wire.answer();
      expect(answer.status).toBe(401);
      expect(answer.headers.get('connection') === 'close').toBe(caller === 'egain');
      if (caller === 'egain') await wire.closed;
      else expect((await askWell(wire)).status).toBe(status);
      wire.destroy();
    });

    test('answers two requests sent at once in their order', async () => {
      const wire = await openWire(web().port);
      const first = bytesOf({ path, headers: unbelieved, body: '{}' });
      const second = bytesOf({ path, ...good() });
      const third = bytesOf({ method: 'GET', path: '/nothing' });
      wire.write(Buffer.concat([first, second, third]));
      const answers = [await wire.answer(), await wire.answer(), await wire.answer()];
      expect(answers.map((answer) => answer.status)).toEqual([401, status, 404]);
      wire.destroy();
    });
  });

  test('who asks first whether to go on is told so, and then answered', async () => {
    const { headers, body } = good();
    const wire = await openWire(web().port);
    const length: readonly [string, string] = ['content-length', String(body.length)];
    wire.write(bytesOf({ path, headers: [...headers, length, ['expect', '100-continue']] }));
    expect((await wire.answer()).status).toBe(100);
    wire.write(body);
    expect((await wire.answer()).status).toBe(status);
    wire.destroy();
  });

  test('a body that breaks off in the middle is counted as malformed, and leaves nothing', async () => {
    const { headers, body } = good();
    const [keys, counts] = await Promise.all([web().keys(), web().refused()]);
    const wire = await openWire(web().port);
    wire.write(bytesOf({ path, headers: [...headers, ['content-length', '1000']], body }));
    // The answer to another request on another connection shows that the half one has arrived.
    expect((await web().send({ method: 'PUT', path })).status).toBe(405);
    wire.destroy();
    const label = `${caller} malformed`;
    await eventually(async () => (await web().refused()).get(label) === (counts.get(label) ?? 0) + 1);
    expect(await web().keys()).toEqual(keys);
    expect(web().log.named('request failed')).toEqual([]);
  });

  test.each<[string, string]>([
    ['two lengths that differ', 'content-length: 2\r\ncontent-length: 3\r\n'],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n'],
    ['a length that is no number', 'content-length: 2x\r\n'],
    ['a header line that is none', `${marker}\r\n`],
    ['headers of 20,000 characters', `x-filler: ${'x'.repeat(20_000)}\r\n`],
  ])('%s end the connection before any of our code runs', async (_what, lines) => {
    const keys = await web().keys();
    const wire = await openWire(web().port);
    wire.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${lines}\r\n{}`);
    const answer = await wire.answer();
    expect([400, 431]).toContain(answer.status);
    expect(answer.body).not.toContain(marker);
    await wire.closed;
    expect(await web().keys()).toEqual(keys);
  });

  test('nothing of all this was written to the log', () => {
    expect(web().log.text()).not.toContain(marker);
  });
});
