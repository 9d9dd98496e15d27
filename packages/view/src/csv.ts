// The page's tables as CSV (RFC 4180), one file each.
import type { Table } from './chart.ts';
import { chartSections } from './charts/charts.ts';
import { comparisonTable, costTable } from './comparison.ts';
import type { RunView } from './run-view.ts';

const field = (value: string | number | null): string => {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvOf = ({ columns, rows }: Table): string => [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

/** File name -> content. */
export const csvFiles = (runs: readonly RunView[]): ReadonlyMap<string, string> =>
  new Map([
    ['networks.csv', csvOf(comparisonTable(runs))],
    ['cost.csv', csvOf(costTable(runs))],
    ...chartSections(runs).flatMap(({ charts }) => charts.map(({ id, table }) => [`${id}.csv`, csvOf(table)] as const)),
  ]);
