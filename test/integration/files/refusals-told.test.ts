import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { startFileHost, type FileHost } from '../../support/file-host.js';
import { program, startFleet, type Fleet } from './support/fleet.js';

let host: FileHost;
let fleet: Fleet;
beforeAll(async () => {
  host = await startFileHost();
  fleet = await startFleet({
    roles: ['web', 'worker'],
    restrictions: {
      inbound: { maxTextLength: 40, attachmentPolicy: { type: 'block', extensions: ['exe'] } },
    },
    files: { patienceMs: 0 },
    notices: { windowMs: 600_000 },
  });
});
afterAll(async () => {
  await fleet.close();
  await host.close();
});

const said = (customer: string) =>
  fleet.channel
    .received()
    .filter((message) => message.customer.id === customer)
    .map(({ text }) => text);
const arrived = (id: string): boolean =>
  fleet.simulator.records().some((record) => record.kind === 'message' && record.messageId === id);

/** The time of the window goes by. */
async function windowEnds(): Promise<void> {
  const redis = fleet.redis.client();
  // What is held back since the last notice lies beside the mark of that notice.
  const marks = (await redis.keys('*:n:*')).map((name) => name.replace(':n:', ':d:'));
  expect(await redis.del(...marks)).toBe(marks.length);
}

test('I6: what the intake refuses and what the workers find out share one notice, and the next one tells how many', async () => {
  const send = (id: string, name: string) =>
    fleet.channel.send({
      id,
      customer: { id: 'dana' },
      text: id,
      attachments: [{ name, url: host.put(`/${id}`, program) }],
    });
  await send('by-name', 'a.exe');
  const first = 'Files of type "exe" cannot be sent here.';
  await eventually(() => said('dana').length === 1);
  await send('by-bytes', 'holiday.jpg');
  await eventually(() => arrived('by-bytes'));
  await send('by-name-again', 'b.exe');
  await eventually(() => arrived('by-name-again'));
  expect(said('dana')).toEqual([first]);

  await windowEnds();
  await send('by-bytes-again', 'holiday-2.jpg');
  await eventually(() => said('dana').length === 2);
  expect(said('dana')).toEqual([first, `${first} This happened 3 times.`]);
});

test('I6: several files of one message are told at once, and a repeat of a message is not counted again', async () => {
  const message = {
    id: 'two-files',
    customer: { id: 'sam' },
    text: 'two',
    attachments: ['a.exe', 'b.exe'].map((name) => ({ name, url: host.put(`/${name}`, program) })),
  };
  await fleet.channel.send(message);
  const text = 'Files of type "exe" cannot be sent here. This happened 2 times.';
  await eventually(() => said('sam').length === 1);
  expect(said('sam')).toEqual([text]);

  const tooLong = (id: string) => fleet.channel.send({ id, customer: { id: 'alex' }, text: 'x'.repeat(41) });
  expect((await tooLong('long-1')).status).toBe(422);
  await eventually(() => said('alex').length === 1);
  for (const id of ['long-2', 'long-2', 'long-2']) expect((await tooLong(id)).status).toBe(422);
  await windowEnds();
  await tooLong('long-3');
  await eventually(() => said('alex').length === 2);
  const refusal = 'Your message was not sent because it is longer than 40 characters.';
  expect(said('alex')).toEqual([refusal, `${refusal} This happened 2 times.`]);
});
