// What a search turns on: entropy of the gates, and expected latency against the limit.
import { lineChart, pointsOf, seriesName } from '../chart.ts';
import type { Chart, Series } from '../chart.ts';
import type { RunView } from '../run-view.ts';

export const entropyChart = (runs: readonly RunView[]): Chart | undefined =>
  lineChart(
    'entropy',
    'Entropy of the gates',
    { x: 'architecture step', y: 'mean entropy of a choice, nats' },
    runs.flatMap((run) =>
      run.networks.map(({ name, search }) => ({
        name: seriesName(runs.length, run.name, name),
        points: pointsOf(search, 'step', 'entropy'),
      })),
    ),
  );

export const expectedLatencyChart = (runs: readonly RunView[]): Chart | undefined => {
  const series = runs.flatMap((run) =>
    run.networks.flatMap(({ name, search, timing }): readonly Series[] => {
      const own = seriesName(runs.length, run.name, name);
      const points = pointsOf(search, 'step', 'expected.latency');
      const [first, last] = [points[0], points.at(-1)];
      if (timing.limitMs === null || !first || !last) return [{ name: own, points }];
      const limit = [first[0], last[0]].map((step) => [step, timing.limitMs!] as const);
      return [
        { name: own, points },
        { name: `limit of ${own}`, points: limit, dashed: true },
      ];
    }),
  );
  return lineChart('expected-latency', 'Expected latency against the limit', { x: 'architecture step', y: 'ms' }, series);
};
