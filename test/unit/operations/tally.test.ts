import { Registry } from 'prom-client';
import { Distribution, mostPlaces, Tally } from '../../../src/operations/tally.js';

describe('a counter', () => {
  const make = (...labelNames: string[]) => {
    const registry = new Registry();
    return {
      registry,
      tally: new Tally({ name: 'made_total', help: 'Made.', labelNames, registers: [registry] }),
    };
  };

  test('is written as Prometheus reads it', async () => {
    const { registry, tally } = make('way', 'channel');
    tally.at('in', 'support').add();
    tally.at('in', 'support').add(2);
    tally.at('out', 'say "hi"').add();
    expect(await registry.metrics()).toBe(
      [
        '# HELP made_total Made.',
        '# TYPE made_total counter',
        'made_total{way="in",channel="support"} 3',
        'made_total{way="out",channel="say \\"hi\\""} 1',
        '',
      ].join('\n'),
    );
  });

  test('without labels begins at 0', async () => {
    const { registry, tally } = make();
    expect(await registry.metrics()).toContain('made_total 0\n');
    tally.at().add(5);
    expect(await registry.metrics()).toContain('made_total 5\n');
  });

  test('gives the same place for the same labels, so that nobody need make one per message', () => {
    const { tally } = make('way', 'channel');
    expect(tally.at('in', 'a')).toBe(tally.at('in', 'a'));
    expect(tally.at('in', 'a')).not.toBe(tally.at('a', 'in'));
  });

  test('never grows beyond its bound: what comes later is counted under "other"', async () => {
    const { registry, tally } = make('way', 'channel');
    for (let i = 0; i < mostPlaces + 500; i += 1) tally.at('in', `channel-${i}`).add();
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('made_total{'));
    expect(lines).toHaveLength(mostPlaces + 1);
    expect(lines).toContain('made_total{way="other",channel="other"} 500');
  });

  test('refuses a wrong number of labels', () => {
    const { tally } = make('way', 'channel');
    expect(() => tally.at('in')).toThrow('expected a value for each of way, channel');
  });

  test('can be reset', async () => {
    const { registry, tally } = make('way');
    tally.at('in').add();
    registry.resetMetrics();
    expect(await registry.metrics()).not.toContain('made_total{');
    tally.at('in').add();
    expect(await registry.metrics()).toContain('made_total{way="in"} 1');
  });
});

describe('a histogram', () => {
  test('is written as Prometheus reads it, its buckets cumulated', async () => {
    const registry = new Registry();
    const distribution = new Distribution({
      name: 'took_seconds',
      help: 'Took.',
      labelNames: ['way'],
      buckets: [0.1, 1],
      registers: [registry],
    });
    for (const value of [0.05, 0.1, 0.5, 30]) distribution.at('in').observe(value);
    expect(await registry.metrics()).toBe(
      [
        '# HELP took_seconds Took.',
        '# TYPE took_seconds histogram',
        'took_seconds_bucket{le="0.1",way="in"} 2',
        'took_seconds_bucket{le="1",way="in"} 3',
        'took_seconds_bucket{le="+Inf",way="in"} 4',
        'took_seconds_sum{way="in"} 30.65',
        'took_seconds_count{way="in"} 4',
        '',
      ].join('\n'),
    );
  });

  test('without labels has all its buckets from the start', async () => {
    const registry = new Registry();
    new Distribution({ name: 'took_seconds', help: 'Took.', buckets: [1], registers: [registry] });
    expect(await registry.metrics()).toContain('took_seconds_bucket{le="+Inf"} 0');
  });
});
