// Loss and accuracy of the warm-up, the search and the final training, by step.
import { lineChart, pointsOf, seriesName } from '../chart.ts';
import type { Chart, Series } from '../chart.ts';
import type { RunView } from '../run-view.ts';

export const trainingCharts = (runs: readonly RunView[]): readonly (Chart | undefined)[] =>
  (['loss', 'accuracy'] as const).flatMap((column) => {
    const of = (pick: 'search' | 'training'): readonly Series[] =>
      runs.flatMap((run) =>
        run.networks.map((network) => ({
          name: seriesName(runs.length, run.name, network.name),
          points: pointsOf(network[pick], 'step', column),
        })),
      );
    const unit = column === 'loss' ? 'cross-entropy, nats' : 'share of the batch';
    const axes = { x: 'step', y: unit };
    const warmUp = runs.map((run) => ({ name: run.name, points: pointsOf(run.warmUp, 'step', column) }));
    return [
      lineChart(`warm-up-${column}`, `Warm-up: ${column}`, axes, warmUp),
      lineChart(`search-${column}`, `Search: ${column}`, axes, of('search')),
      lineChart(`training-${column}`, `Final training: ${column}`, axes, of('training')),
    ];
  });
