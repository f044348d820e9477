import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startFileHost, type FileHost } from '../support/file-host.js';
import { contentsOf, wholeText } from '../support/redis-contents.js';
import { connect, startWorld, type World } from '../support/world.js';

let world: World;
let host: FileHost;
beforeAll(async () => {
  host = await startFileHost();
  world = await startWorld({
    switches: { deduplicate: true },
    overrides: {
      channels: { support: { manifest: { restrictions: { outbound: { maxTextLength: 40 } } } } },
      files: { allowHosts: ['127.0.0.1'] },
      delivery: { backoff: { firstMs: 50, maxMs: 100 } },
    },
  });
  connect(world, await world.startBridge());
}, 60_000);
afterAll(async () => {
  await world.stop();
  await host.close();
});

const person = {
  id: '+351911222333',
  name: 'Dana Doe',
  email: 'dana.doe@example.com',
  phone: '351911222333',
};
/** In every text that anybody writes here. */
const word = 'Quetzalcoatl';

/** Not bound to any message: their number is set by shards and channels, their size by what waits or by a cap. */
const fixed: Readonly<Record<string, string>> = {
  layout: 'the layout, with the secret of all names',
  generation: 'counts the jobs given to lanes',
  'dead-number': 'counts dead letters',
  known: 'every target that ever had a lane',
  targets: 'targets whose lanes wait for room',
  journeys: 'the order in which journeys go when there are too many',
  dead: 'the ids of the dead letters there are',
  gates: 'gates that are not simply open',
  instances: 'the workers there are',
  unjobbed: 'jobs promised and not yet confirmed',
  carried: 'lanes in the hands of another lane’s job',
  'drain:meta': 'BullMQ: the queue’s settings',
  'drain:id': 'BullMQ: counts jobs',
  'drain:events': 'BullMQ: the last hundred or so events',
  'drain:marker': 'BullMQ: wakes workers up',
};
const nameIn = (key: string): string =>
  key.endsWith(':layout}') ? 'layout' : key.slice(key.indexOf('}') + 2);

describe('I13: what is left when everything was delivered', () => {
  test('no text, no address in a name, and nothing that stays for ever but a fixed few', async () => {
    const client = world.redis.client();
    const { control } = world.simulator;
    world.channel.setFaults([{ kind: 'status', status: 503, share: 0.2 }]);
    control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, probability: 0.2 });
    const inboundTypes = [
      { type: 'customer.info' },
      { type: 'text', text: `${word} one` },
      { type: 'typing.start' },
      {
        type: 'text',
        text: `${word} with files`,
        attachments: [{ name: `${word}.pdf`, url: host.put('/secret-place', Buffer.from('%PDF-1.7\n')) }],
      },
      { type: 'choice', replyTo: 'm-0', choices: [{ id: 'o-1', title: `${word} chosen` }] },
    ];
    for (const message of inboundTypes) {
      expect((await world.channel.send({ ...message, customer: person })).status).toBe(202);
    }
    const conversation = await eventually(() => control.conversations().at(-1));
    control.act(conversation.id, { do: 'join', name: `${word} Sam` });
    control.act(conversation.id, { do: 'html', html: `<p>${`${word} in parts. `.repeat(20)}</p>` });
    control.act(conversation.id, { do: 'typing', on: true });
    control.act(conversation.id, {
      do: 'rich',
      kind: 'listpicker',
      json: {
        type: 'list',
        title: word,
        list: { sections: [{ items: [{ id: 'i-1', title: `${word} item` }] }] },
      },
    });
    control.act(conversation.id, { do: 'text', text: `${word} last` });
    await eventually(() => world.channel.received().some(({ text }) => text === `${word} last`), {
      timeoutMs: 30_000,
    });
    await eventually(async () => (await client.keys('*:l:*')).length === 0, { timeoutMs: 30_000 });
    // The jobs of emptied lanes end a moment after their last message.
    await eventually(async () => (await client.keys('*:drain:*.*')).length === 0);

    const whole = await wholeText(client);
    for (const trace of [word, 'secret-place', person.name, person.email]) expect(whole).not.toContain(trace);
    const contents = await contentsOf(client);
    for (const { name } of contents) {
      expect(name).not.toMatch(/351911222333|dana|doe|example|@/i);
      expect(name).not.toContain(conversation.id);
    }
    const forEver = contents.filter(({ ttl }) => ttl === -1).map(({ name }) => nameIn(name));
    expect(forEver.filter((name) => !Object.hasOwn(fixed, name))).toEqual([]);
    // A week is the longest that anything else stays (dead letters); nothing here died.
    const day = 24 * 3_600_000;
    for (const { name, ttl } of contents) expect([name, ttl <= 4 * day]).toEqual([name, true]);
  });
});
