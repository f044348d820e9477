/** Drawings of figures: SVG made here, its colours in the style sheet. */
import { shape } from './dom.js';
import type { Failure, Overview } from './wire.js';

const [width, height] = [640, 180];
const [left, bottom, top] = [44, 22, 8];

export const lines = ['accepted', 'delivered', 'held', 'dead'] as const;
export type Line = (typeof lines)[number];

/** Messages per second over time, one line each for what was accepted and what became of it. */
export function drawRates({ at, minutes, spanSeconds, rates }: Overview): SVGElement {
  const end = Math.floor(Date.parse(at) / (spanSeconds * 1000)) * spanSeconds;
  const spans = Math.ceil((minutes * 60) / spanSeconds);
  const known = new Map(rates.map((point) => [Date.parse(point.at) / 1000, point]));
  // The span that is going on would look like a fall.
  const times = Array.from({ length: spans - 1 }, (_, index) => end - (spans - 1 - index) * spanSeconds);
  const valueAt = (time: number, line: Line): number => (known.get(time)?.[line] ?? 0) / spanSeconds;
  const most = niceAbove(Math.max(0, ...times.flatMap((time) => lines.map((line) => valueAt(time, line)))));
  const x = (index: number): number => left + (index / Math.max(1, times.length - 1)) * (width - left - 8);
  const y = (value: number): number => height - bottom - (value / most) * (height - bottom - top);
  const grid = [0, 0.5, 1].flatMap((share) => [
    shape('line', { class: 'grid', x1: left, x2: width - 8, y1: y(share * most), y2: y(share * most) }),
    shape(
      'text',
      { class: 'tick', x: left - 6, y: y(share * most) + 4, 'text-anchor': 'end' },
      figure(share * most),
    ),
  ]);
  const marks = [0, 1 / 3, 2 / 3, 1].map((share) => {
    const ago = Math.round(minutes * (1 - share));
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    const place = left + share * (width - left - 8);
    return shape(
      'text',
      { class: 'tick', x: place, y: height - 6, 'text-anchor': anchor },
      ago === 0 ? 'now' : `−${ago} min`,
    );
  });
  const drawn = lines.map((line) =>
    shape('polyline', {
      class: `line ${line}`,
      points: times
        .map((time, index) => `${x(index).toFixed(1)},${y(valueAt(time, line)).toFixed(1)}`)
        .join(' '),
    }),
  );
  const sums = lines
    .map((line) => `${line} ${rates.reduce((sum, point) => sum + point[line], 0)}`)
    .join(', ');
  return shape(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `Messages per second in the last ${minutes} minutes; in all: ${sums}`,
    },
    ...grid,
    ...marks,
    ...drawn,
  );
}

const barHeight = 26;

/** What failed and how often, one bar each. */
export function drawFailures(failures: readonly Failure[]): SVGElement {
  const most = Math.max(1, ...failures.map(({ count }) => count));
  const bars = failures.flatMap(({ kind, where, reason, count }, index) => {
    const from = index * barHeight;
    return [
      shape('rect', {
        class: `bar ${kind}`,
        x: 0,
        y: from + 16,
        width: Math.max(3, (count / most) * width).toFixed(1),
        height: 6,
        rx: 3,
      }),
      shape('text', { class: 'label', x: 0, y: from + 11 }, `${kinds[kind]} · ${where} · ${reason}`),
      shape('text', { class: 'label', x: width, y: from + 11, 'text-anchor': 'end' }, count.toLocaleString()),
    ];
  });
  const said = failures.map(
    ({ kind, where, reason, count }) => `${kinds[kind]}, ${where}, ${reason}: ${count}`,
  );
  return shape(
    'svg',
    {
      viewBox: `0 0 ${width} ${Math.max(1, failures.length) * barHeight}`,
      role: 'img',
      'aria-label': `Failures by reason. ${said.join('; ')}`,
    },
    ...bars,
  );
}

const kinds: Readonly<Record<Failure['kind'], string>> = {
  'dead-letter': 'dead letter',
  refused: 'refused caller',
  upstream: 'far end',
};

/** 1, 2 or 5 times a power of ten, so that the scale does not jump with every message. */
function niceAbove(value: number): number {
  if (value <= 0.1) return 0.1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => value <= step * power) ?? 10) * power;
}

function figure(value: number): string {
  return value === 0 ? '0' : `${Number(value.toPrecision(2)).toLocaleString()}/s`;
}
