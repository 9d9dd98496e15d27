// All charts of a page in their order.
import type { Chart } from '../chart.ts';
import type { RunView } from '../run-view.ts';
import { frontChart } from './front.ts';
import { gateCharts } from './gates.ts';
import { predictionChart } from './prediction.ts';
import { entropyChart, expectedLatencyChart } from './search.ts';
import { trainingCharts } from './training.ts';

export interface ChartSection {
  readonly id: string;
  readonly title: string;
  readonly charts: readonly Chart[];
  /** What is said where there is no chart. */
  readonly absent: string;
}

const present = (charts: readonly (Chart | undefined)[]): readonly Chart[] => charts.filter((chart) => chart !== undefined);

export const chartSections = (runs: readonly RunView[]): readonly ChartSection[] => [
  {
    id: 'search',
    title: 'Search',
    charts: present([expectedLatencyChart(runs), entropyChart(runs)]),
    absent: 'No history of a search is stored.',
  },
  { id: 'front-section', title: 'Front', charts: present([frontChart(runs)]), absent: 'There is no network.' },
  {
    id: 'prediction-section',
    title: 'Predicted against measured',
    charts: present([predictionChart(runs)]),
    absent: 'No network was measured while choosing, or its measurements are not stored.',
  },
  { id: 'curves', title: 'Loss and accuracy', charts: present(trainingCharts(runs)), absent: 'No history of a training is stored.' },
  ...runs.flatMap((run, runIndex) =>
    run.networks.map((network, index) => ({
      id: `gates-${runIndex}-${index}`,
      title: `Gate probabilities: ${runs.length > 1 ? `${run.name}: ` : ''}${network.name}`,
      charts: gateCharts(network, `run${runIndex}-network${index}`),
      absent: 'The search kept no probabilities: nothing was to choose, its strategy has none, or its history is not stored.',
    })),
  ),
];
