// Accuracy against latency: every network of the runs that are shown.
import { scatterChart, seriesName } from '../chart.ts';
import type { Chart } from '../chart.ts';
import type { RunView } from '../run-view.ts';

/** Measured latency of the code where there is one, else the predicted. */
export const frontChart = (runs: readonly RunView[]): Chart | undefined => {
  const series = runs.flatMap((run) =>
    run.networks.map(({ name, report, timing }) => ({
      name: seriesName(runs.length, run.name, name),
      points: [[timing.code?.ms ?? timing.predictedMs, (100 * report.test.correct) / report.test.count] as const],
    })),
  );
  const accuracies = series.flatMap(({ points }) => points.map(([, accuracy]) => accuracy));
  // A single point would get an axis beyond 100 %.
  const range = { min: Math.max(0, Math.floor(Math.min(...accuracies) - 1)), max: Math.min(100, Math.ceil(Math.max(...accuracies) + 1)) };
  return scatterChart('front', 'Accuracy against latency', { x: 'latency, ms', y: 'test accuracy, %' }, series, range);
};
