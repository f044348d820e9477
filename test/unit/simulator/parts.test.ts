import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentTypeOf } from '../../../src/simulator/assets/content-types.js';
import { firstPart } from '../../../src/simulator/assets/multipart.js';
import { Faults } from '../../../src/simulator/faults/faults.js';
import { parseSimulatorFile } from '../../../src/simulator/file.js';
import { seededRandom } from '../../../src/simulator/random.js';
import { Records } from '../../../src/simulator/records.js';
import { pageOf } from '../../../src/simulator/resources/paging.js';
import { SwitchBoard } from '../../../src/simulator/switches.js';
import { bareScope } from '../../../src/simulator/tokens/tokens.js';

const mail = { kind: 'mail', to: 'a@example.com', subject: 's' } as const;

describe('records', () => {
  test('are numbered without gaps, and found by any number whatever was forgotten', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 100 }),
        fc.nat(120),
        (limit, count, since) => {
          const records = new Records(() => '', limit);
          for (let n = 0; n < count; n += 1) records.add(mail);
          const kept = records.since(0).map(({ sequence }) => sequence);
          expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => count - kept.length + n + 1));
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(limit, count));
          expect(records.since(since).map(({ sequence }) => sequence)).toEqual(kept.filter((n) => n > since));
          expect(records.last).toBe(count);
        },
      ),
    );
  });

  test('reach a listener until it leaves', () => {
    const records = new Records(() => '', 10);
    const heard: number[] = [];
    const leave = records.subscribe(({ sequence }) => heard.push(sequence));
    records.add(mail);
    leave();
    records.add(mail);
    expect(heard).toEqual([1]);
  });
});

describe('chance', () => {
  test('repeats itself for a seed, stays within [0, 1) and is spread evenly', () => {
    const [one, two] = [seededRandom(42), seededRandom(42)];
    const numbers = Array.from({ length: 10_000 }, () => one());
    expect(Array.from({ length: 10_000 }, () => two())).toEqual(numbers);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = numbers.filter((n) => Math.floor(n * 10) === tenth).length;
      expect(Math.abs(share - 1000)).toBeLessThan(150);
    }
  });

  test('strikes about as often as the rule says, and no more often than its count', () => {
    const faults = new Faults(seededRandom(1));
    faults.add({ id: 'often', kind: 'hang', operation: 'a', probability: 0.3 });
    faults.add({ id: 'thrice', kind: 'hang', operation: 'b', probability: 0.5, times: 3 });
    const nothing = Buffer.alloc(0);
    for (let n = 0; n < 1000; n += 1)
      for (const operation of ['a', 'b', 'c']) faults.forRequest(operation, nothing);
    const [often, thrice] = faults.list();
    expect(often?.struck).toBeGreaterThan(240);
    expect(often?.struck).toBeLessThan(360);
    expect([thrice?.seen, thrice?.struck]).toEqual([1000, 3]);
  });
});

describe('pages', () => {
  test('put together are the whole list, whatever their size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 75 }), (items, size) => {
        const switches = new SwitchBoard().current;
        const found: number[] = [];
        for (let page = 1; page <= Math.ceil(items.length / size) + 1; page += 1) {
          const query = new URLSearchParams({ $pagenum: String(page), $pagesize: String(size) });
          const answer = pageOf(items, query, switches);
          if ('refusal' in answer) throw new Error('refused');
          expect(answer.paginationInfo).toEqual({ count: items.length, pagenum: page, pagesize: size });
          found.push(...answer.records);
        }
        expect(found).toEqual(items);
      }),
    );
  });
});

describe('the first file of a multipart body', () => {
  test('is found byte for byte, whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (content) => {
        const head =
          '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: a/b\r\n\r\n';
        const raw = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--b--\r\n')]);
        const part = firstPart('multipart/form-data; boundary="b"', raw);
        expect(part?.contentType).toBe('a/b');
        expect(part?.bytes.equals(content)).toBe(true);
      }),
    );
  });

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'no file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n--b--',
    ],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; filename="f"\r\n\r\nx',
    ],
  ])('is nothing when there is %s', (_name, type, body) => {
    expect(firstPart(type, Buffer.from(body))).toBeUndefined();
  });
});

test('a scope means the same with any prefix', () => {
  const bare = 'app.conversation.conversationmgr.read';
  for (const prefix of ['', 'https://api.egain.cloud/auth/', 'api.egain.cloud/auth/'])
    expect(bareScope(prefix + bare)).toBe(bare);
});

test('a file’s type follows from its extension, whatever the case; none without a known one', () => {
  expect(['a.PDF', 'a.b.jpeg', 'a.unknown', 'pdf', 'a.'].map(contentTypeOf)).toEqual([
    'application/pdf',
    'image/jpeg',
    undefined,
    undefined,
    undefined,
  ]);
});

test('an empty simulator file is a working one', () => {
  expect(parseSimulatorFile('', 'none').clients).toHaveLength(1);
  expect(() => parseSimulatorFile('clients: []', 'x.yaml')).toThrow(
    'x.yaml is not a simulator file: clients: ',
  );
});

test('switches are changed one by one, and a wrong one changes nothing', () => {
  const board = new SwitchBoard({ deduplicate: true });
  board.change({ callbackBatch: 5 });
  expect(board.current).toMatchObject({ deduplicate: true, callbackBatch: 5 });
  expect(() => board.change({ callbackBatch: 0 })).toThrow();
  expect(board.current.callbackBatch).toBe(5);
});
