/** A manifest is enforced as it is declared, whatever the kind of channel: by the code the service runs. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { formatProblems, loadConfig, type Loaded } from '../../../config/load.js';
import { configuredChannels, type ConfiguredChannel } from '../../../src/bridge/channels.js';
import { outboundChannel } from '../../../src/bridge/outbound-link.js';
import { inboundPolicy } from '../../../src/bridge/policy.js';
import type { ChannelAdapter } from '../../../src/channels/adapter.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Outbox } from '../../../src/lanes/outbox.js';
import { connectRedis } from '../../../src/lanes/connection.js';
import type { InboundMessage, OutboundMessage } from '../../../src/messages/model.js';
import type { OutboundChannel } from '../../../workers/outbound.js';

/** From one that leaves everything to one that leaves text alone. */
const manifests: Readonly<Record<string, object>> = {
  'no restrictions': {},
  'short texts': { inbound: { maxTextLength: 20 }, outbound: { maxTextLength: 30 } },
  'text alone': { inbound: { features: ['text'] }, outbound: { features: ['text'] } },
  'typing alone': { inbound: { features: ['typing_events'] }, outbound: { features: ['typing_events'] } },
  'few kinds of rich message': { outbound: { richMessageTypes: ['quickreply'], midChatAuth: false } },
  'small pdf files': {
    inbound: { attachmentPolicy: { type: 'allow', extensions: ['pdf'], maxSize: 1000 } },
    outbound: { attachmentPolicy: { type: 'block', extensions: ['EXE'], maxSize: 1000 } },
  },
  'no files': {
    inbound: { attachmentPolicy: { enabled: false } },
    outbound: { attachmentPolicy: { enabled: false } },
  },
  'a silent hub': { outbound: { systemMessages: false } },
};

function declare<Config>(adapter: ChannelAdapter<Config>, settings: Config, restrictions: object): Loaded {
  const document = {
    egain: {
      token: { url: 'https://login.example/token', clientId: 'bridge', clientSecret: '0123456789abcdef' },
      callback: { authentication: [{ type: 'basic', username: 'egain', password: '0123456789abcdef' }] },
    },
    channels: {
      tested: {
        adapter: adapter.kind,
        ...settings,
        manifest: { type: 'custom.tested', displayName: 'Tested', restrictions },
        account: { address: 'tested' },
      },
    },
  };
  // The configuration hands an adapter nothing but what its own schema returned.
  const adapters = [adapter as unknown as ChannelAdapter<unknown>];
  return loadConfig({ file: 'bridge.yaml', env: {}, readFile: () => JSON.stringify(document), adapters });
}

/** Every text that an operation holds, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

export function describeManifestConformance<Config>(
  adapter: ChannelAdapter<Config>,
  settings: Config,
  message: OutboundMessage,
): void {
  const can = adapter.capabilities(settings);
  const keys = new Keyspace({ prefix: 'conformance', shards: 1, secret: 'conformance-secret' });

  // A manifest that asks for more than the kind can do is refused before it is ever used.
  const possible = Object.keys(manifests).filter(
    (name) => name !== 'typing alone' || (can.typing.inbound && can.typing.outbound),
  );
  describe.each(possible)(`${adapter.kind}: a manifest with %s`, (name) => {
    let channel: ConfiguredChannel;
    let outbound: OutboundChannel;
    let inbound: ReturnType<typeof inboundPolicy>;
    beforeAll(() => {
      const loaded = declare(adapter, settings, manifests[name] ?? {});
      if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
      const configured = configuredChannels(loaded.config, () => adapter).get('tested');
      if (configured === undefined) throw new Error('the channel must be there');
      channel = configured;
      const redis = connectRedis(loaded.config.redis, 'patient', 'conformance');
      redis.disconnect();
      outbound = outboundChannel(channel, new Agent(), new Outbox(redis, keys), loaded.config, keys);
      inbound = inboundPolicy(channel, keys, {
        enforceLimit: true,
        tellCustomer: true,
        tellAgent: false,
      });
    });

    /** What the service would send, and what it would leave away. */
    const sent = (original: OutboundMessage) => {
      const presented = outbound.present(original, 'en-US');
      if (presented.kind === 'ignored') return undefined;
      const fitted = outbound.fit({ ...presented.message, customer: original.customer });
      const { operations } = adapter.render(fitted.message, settings, outbound.limits);
      return { fitted, operations, all: JSON.stringify(operations) };
    };
    const received = (fields: Partial<InboundMessage>) =>
      inbound({ id: 'm-1', type: 'text', customer: { id: 'u-42' }, ...fields });

    test('what it leaves is never more than the kind can do', () => {
      const { text, rich, typing, attachments } = channel.capabilities;
      expect(text.max).toBeLessThanOrEqual(can.text.max);
      for (const [kind, support] of Object.entries(rich)) expect(['text', can.rich[kind]]).toContain(support);
      for (const way of ['inbound', 'outbound'] as const) {
        expect([typing[way] && !can.typing[way], attachments[way] && !can.attachments[way]]).toEqual([
          false,
          false,
        ]);
      }
    });
    test('no part is longer than it says, and no character is lost', () => {
      const { max } = channel.capabilities.text;
      const runs = (
        sent({ ...message, text: 'ß'.repeat(max * 2 + 1), html: '<p>long</p>' })?.operations ?? []
      )
        .flatMap(({ body }) => textsIn(body))
        .flatMap((text) => text.match(/ß+/g) ?? []);
      expect(runs.length).toBeGreaterThan(1);
      expect(Math.max(...runs.map(({ length }) => length))).toBeLessThanOrEqual(max);
      expect(runs.join('').length).toBe(max * 2 + 1);
    });
    test('a kind of rich message goes as such where it says so, else in words with every option', () => {
      const options = ['Lisbon', 'שלום'].map((title, index) => ({ id: `city-${index}`, title }));
      for (const [kind, support] of Object.entries(channel.capabilities.rich)) {
        if (kind === 'pagePush') continue;
        const rich = { kind, title: 'Where?', options, raw: { marker: 'as-eGain-sent-it' } };
        const went = sent({ ...message, type: 'rich', rich });
        expect([kind, went?.fitted.message.rich !== undefined]).toEqual([kind, support !== 'text']);
        for (const { title } of options) expect(went?.all).toContain(title);
        if (support === 'text') expect(went?.all).not.toContain('as-eGain-sent-it');
      }
    });
    test('markup goes only where it says so', () => {
      const plain = sent({ ...message, text: 'sesame', html: 'sesame' })?.all;
      const marked = sent({ ...message, text: 'sesame', html: '<p><b>sesame</b></p>' });
      expect(marked?.fitted.message.html !== undefined).toBe(channel.capabilities.text.markup === 'html');
      expect(marked?.all === plain).toBe(channel.capabilities.text.markup === 'none');
      expect(marked?.all).toContain('sesame');
    });
    test('typing passes only where it says so', () => {
      const { typing } = channel.capabilities;
      expect(sent({ ...message, type: 'typing.start' }) !== undefined).toBe(typing.outbound);
      expect(received({ type: 'typing.start' }).kind).toBe(typing.inbound ? 'pass' : 'refuse');
    });
    test('files pass only as it says, and the rest of their message always', () => {
      const names = ['ok.pdf', 'run.exe', 'large.pdf'];
      const attachments = names.map((file) => ({
        name: file,
        url: `https://bridge.example/assets/${file}`,
        size: file === 'large.pdf' ? 100_000 : 10,
      }));
      const allowed = (way: 'inbound' | 'outbound'): string[] => {
        const { enabled, extensions, maxSize } = channel.capabilities.files[way];
        if (enabled === false) return [];
        return extensions === undefined ? names : maxSize === undefined ? names : ['ok.pdf'];
      };
      const went = sent({ ...message, attachments });
      expect(names.filter((file) => went?.all.includes(`/assets/${file}`))).toEqual(allowed('outbound'));
      // Who does not get a file reads its name.
      for (const word of ['sesame', ...names]) expect(went?.all).toContain(word);
      const verdict = received({ text: 'here they are', attachments });
      expect(verdict.kind).toBe(allowed('inbound').length === names.length ? 'pass' : 'strip');
      if (verdict.kind === 'strip') {
        expect(verdict.message.attachments?.map((file) => file.name)).toEqual(allowed('inbound'));
        expect(verdict.message.text).toBe('here they are');
        expect(verdict.notices.length).toBeGreaterThan(0);
      }
    });
    test('lines of the hub pass only where it says so', () => {
      expect(sent({ ...message, type: 'system' }) !== undefined).toBe(channel.capabilities.systemMessages);
    });
    test('a text from the customer may be as long as it says', () => {
      const { inboundTextMax: most } = channel.capabilities;
      const kinds = [most ?? 1000, (most ?? 1000) + 1].map(
        (length) => received({ text: 'x'.repeat(length) }).kind,
      );
      expect(kinds).toEqual(['pass', most === undefined ? 'pass' : 'refuse']);
    });
  });

  describe(`${adapter.kind}: a manifest may never widen`, () => {
    const refused = (restrictions: object): boolean => !declare(adapter, settings, restrictions).ok;

    test('it is believed up to what the kind can do, and refused at the start beyond', () => {
      const { max } = can.text;
      expect([max, max + 1].map((most) => refused({ outbound: { maxTextLength: most } }))).toEqual([
        false,
        true,
      ]);
      expect(refused({ outbound: { midChatAuth: true } })).toBe(
        (can.rich['authentication'] ?? 'text') === 'text',
      );
      for (const way of ['inbound', 'outbound'] as const) {
        expect(refused({ [way]: { features: ['typing_events'] } })).toBe(!can.typing[way]);
        expect(refused({ [way]: { features: ['attachments'] } })).toBe(!can.attachments[way]);
      }
      expect(refused({ outbound: { features: ['richText'] } })).toBe(can.text.markup === 'none');
    });
  });
}
