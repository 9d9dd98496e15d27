// Predicted against measured latency of every network that was measured while choosing, and of the final one.
import { scatterChart, seriesName } from '../chart.ts';
import type { Chart, Series } from '../chart.ts';
import type { RunView } from '../run-view.ts';

export const predictionChart = (runs: readonly RunView[]): Chart | undefined => {
  const series: readonly Series[] = runs.flatMap((run) =>
    run.networks.map(({ name, rounds = [] }) => ({
      name: seriesName(runs.length, run.name, name),
      points: rounds.flatMap(({ predictedMs, measuredMs }) => (measuredMs === undefined ? [] : [[predictedMs, measuredMs] as const])),
    })),
  );
  const all = series.flatMap(({ points }) => points.flat());
  if (all.length === 0) return undefined;
  const ends = [Math.min(...all), Math.max(...all)].map((ms) => [ms, ms] as const);
  return scatterChart('prediction', 'Predicted against measured latency', { x: 'predicted, ms', y: 'measured, ms' }, [
    ...series,
    { name: 'equal', points: ends, dashed: true },
  ]);
};
