// All networks of all runs side by side: what was asked for, what came out, what the search cost.
import { seriesName } from './chart.ts';
import type { Table } from './chart.ts';
import { formatTable } from '@nasc/report';
import type { RunView } from './run-view.ts';

const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value.toPrecision(4));
const millions = (value: number | null): number | null => rounded(value === null ? null : value / 1e6);

export const comparisonTable = (runs: readonly RunView[]): Table => ({
  columns: [
    'network',
    'target',
    'strategy',
    'test accuracy, %',
    'limit, ms',
    'predicted, ms',
    'measured, ms',
    'MACs, millions',
    'parameters, millions',
  ],
  rows: runs.flatMap((run) =>
    run.networks.map(({ name, report, timing }) => [
      seriesName(runs.length, run.name, name),
      report.target,
      report.search.strategy,
      rounded((100 * report.test.correct) / report.test.count),
      rounded(timing.limitMs),
      rounded(timing.predictedMs),
      rounded(timing.code?.ms),
      millions(report.macs),
      millions(report.parameters),
    ]),
  ),
});

/** Images count forward and backward through one path; seconds are of the machine that ran it. */
export const costTable = (runs: readonly RunView[]): Table => ({
  columns: ['network', 'part', 'images', 'seconds', 'peak memory, MiB'],
  rows: runs.flatMap(({ name: runName, report, networks }) => {
    const prefix = runs.length > 1 ? `${runName}: ` : '';
    const memory = (bytes: number | null) => (bytes === null ? null : rounded(bytes / 2 ** 20));
    const { cost } = report.warmUp;
    return [
      [`${prefix}all`, 'warm-up', cost.imagesForwardBackward, rounded(report.timing.warmUpMs / 1000), memory(cost.peakMemoryBytes)],
      ...networks.map(({ name, report: { search }, timing }) => [
        `${prefix}${name}`,
        `search (${search.strategy})`,
        search.cost.imagesForwardBackward,
        rounded(timing.searchMs / 1000),
        memory(search.cost.peakMemoryBytes),
      ]),
      [`${prefix}all`, 'all stages', null, rounded(report.timing.totalMs / 1000), null],
    ];
  }),
});

/** The comparison for a terminal, without a line end at the end. */
export const comparisonText = (runs: readonly RunView[]): string => {
  const { columns, rows } = comparisonTable(runs);
  const text = rows.map((row) => row.map((value) => String(value ?? '-')));
  return formatTable(
    [columns, ...text],
    columns.map((_, column) => (column < 3 ? 'left' : 'right')),
  ).join('\n');
};
