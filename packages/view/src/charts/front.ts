// Accuracy against latency: every network of the runs that are shown.
import { scatterChart, seriesName } from '../chart.ts';
import type { Chart } from '../chart.ts';
import type { RunView } from '../run-view.ts';

/** Measured latency of the code where there is one, else the predicted. */
export const frontChart = (runs: readonly RunView[]): Chart | undefined =>
  scatterChart(
    'front',
    'Accuracy against latency',
    { x: 'latency, ms', y: 'test accuracy, %' },
    runs.flatMap((run) =>
      run.networks.map(({ name, report, timing }) => ({
        name: seriesName(runs.length, run.name, name),
        points: [[timing.code?.ms ?? timing.predictedMs, (100 * report.test.correct) / report.test.count] as const],
      })),
    ),
  );
