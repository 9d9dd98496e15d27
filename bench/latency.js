// Can latencies be trusted? Predictions against measurements, limits against emitted code, for two spaces.
//
//   npm run bench:latency -- [--only mobile-small,proxyless-imagenet] [--rows profile,held-out,emitted,few-shot,selection]
//   npm run bench:latency -- --table     the tables of all results on disk, as Markdown
//
// Profiles are made by the command `nasc profile`, as a user makes them, in .nasc/bench-latency: stop at any time, and the same line goes
// on. Results are kept in bench/results/latency.json, by processor and vector width. Every figure is normalised by the reference network,
// timed in the same minutes, and to be read as no less than twice the repeat noise that stands beside it. About an hour and a half on an
// idle machine; on another the figures mean nothing.
//
// Run `npm run build` before.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureRows } from './latency/measure-rows.js';
import { renderTables } from './latency/table.js';

const list = (text) => text?.split(',');

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string' },
    output: { type: 'string', default: join(import.meta.dirname, 'results/latency.json') },
    table: { type: 'boolean', default: false },
  },
});

if (!values.table) await measureRows({ only: list(values.only), rows: list(values.rows), output: values.output });
renderTables(values.output);
