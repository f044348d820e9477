import { createMetrics } from './metrics.js';

/** The reference of the bridge's own metrics, as it stands in docs/metrics.md. */
export function metricsReference(): string {
  const rows = createMetrics().catalogue.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return `${[
    '# Metrics',
    '',
    'Made from `src/operations/metrics.ts` by `UPDATE_REFERENCE=1 npm test -- unit/operations/metrics-reference`; not written by hand.',
    '',
    'Prometheus reads them from `/metrics` on the management port of every process. Labels have values from closed lists and',
    'channel names only; a metric has at most 1,000 series per process, what would come after them is counted under `other`.',
    'Alerts and the dashboard made of them: [runbooks.md](runbooks.md). What to look at first: [operations.md](operations.md).',
    '',
    '| name | type | labels | what it tells |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'A histogram `x` has the series `x_bucket`, `x_sum` and `x_count`. Figures of Redis are not there while Redis is away.',
    '',
    '## Asked for often',
    '',
    '| question | expression |',
    '| --- | --- |',
    '| delivered per second | `sum by (direction) (rate(egain_bridge_deliveries_total{outcome="delivered"}[5m]))` |',
    '| attempts per second, by how they ended | `sum by (outcome) (rate(egain_bridge_deliveries_total[5m]))` |',
    '| time from acceptance to delivery, p99 | `histogram_quantile(0.99, sum by (le, direction) (rate(egain_bridge_delivery_seconds_bucket[5m])))` |',
    '| answer time of eGain’s callback, p99 | `histogram_quantile(0.99, sum by (le) (rate(egain_bridge_request_seconds_bucket{caller="egain"}[5m])))` |',
    '| age of the oldest waiting message | `max by (direction) (egain_bridge_oldest_waiting_seconds)` |',
    '| runnable lanes | `sum by (direction) (max by (direction, channel, state) (egain_bridge_lanes{state=~"running\\|waiting"}))` |',
    '| bytes of files per second | `sum by (way) (rate(egain_bridge_file_bytes_total[5m]))` |',
    '',
    '## Node’s own',
    '',
    '`process_…` (CPU, memory, file descriptors, start time) and `nodejs_…` are there too; the delay of the event loop is',
    '`nodejs_eventloop_lag_p99_seconds` (and `_p50_`, `_p90_`, `_max_`, `_mean_`), pauses for garbage are `nodejs_gc_duration_seconds`.',
  ].join('\n')}\n`;
}
