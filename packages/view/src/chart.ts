// A chart as plain data: an option of ECharts without functions, and the same numbers as a table.

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Chart {
  /** Unique on the page; the name of its CSV file too. */
  readonly id: string;
  readonly title: string;
  readonly option: Readonly<Record<string, unknown>>;
  readonly table: Table;
}

export interface Series {
  readonly name: string;
  /** [x, y], x rising where they are joined by a line. */
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

export interface AxisNames {
  readonly x: string;
  readonly y: string;
}

/** Points of two columns; empty where one is missing. Entries that are not numbers are left out. */
export const pointsOf = (columns: Readonly<Record<string, readonly number[]>> | undefined, x: string, y: string): Series['points'] => {
  const [first, second] = [columns?.[x], columns?.[y]];
  if (!first || !second) return [];
  return first.map((value, index) => [value, second[index]!] as const).filter(([, value]) => Number.isFinite(value));
};

/** Undefined where no series has a point. */
const chartOf = (
  type: 'line' | 'scatter',
  id: string,
  title: string,
  axes: AxisNames,
  all: readonly Series[],
  range: Readonly<Record<string, unknown>> = {},
): Chart | undefined => {
  const series = all.filter(({ points }) => points.length > 0);
  if (series.length === 0) return undefined;
  return {
    id,
    title,
    option: {
      animation: false,
      grid: { left: 8, right: 16, top: 56, bottom: 36, containLabel: true },
      legend: { type: 'scroll', top: 0 },
      tooltip: { trigger: type === 'line' ? 'axis' : 'item', confine: true },
      xAxis: { type: 'value', name: axes.x, nameLocation: 'middle', nameGap: 24, scale: true },
      yAxis: { type: 'value', name: axes.y, nameTextStyle: { align: 'left' }, scale: true, ...range },
      series: series.map(({ name, points, dashed }) => ({
        type: dashed ? 'line' : type,
        name,
        data: points,
        showSymbol: type === 'scatter' && !dashed,
        ...(type === 'scatter' && !dashed && { symbolSize: 10 }),
        ...(dashed && { lineStyle: { type: 'dashed' } }),
      })),
    },
    table: {
      columns: ['series', axes.x, axes.y],
      rows: series.flatMap(({ name, points }) => points.map(([x, y]) => [name, x, y])),
    },
  };
};

export const lineChart = chartOf.bind(undefined, 'line');
export const scatterChart = chartOf.bind(undefined, 'scatter');

/** Networks of several runs need the run's name too. */
export const seriesName = (runs: number, run: string, network: string): string => (runs > 1 ? `${run}: ${network}` : network);
