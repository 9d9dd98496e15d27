// Gate probabilities of one choice over the search.
import { lineChart } from '../chart.ts';
import type { Chart } from '../chart.ts';
import type { NetworkView } from '../run-view.ts';

/** One chart a choice; `prefix` makes their ids unique on a page of several networks. */
export const gateCharts = ({ gates = [] }: NetworkView, prefix: string): readonly Chart[] =>
  gates.flatMap(({ choice, candidates, steps, probabilities }, index) => {
    const series = candidates.map((name, candidate) => ({
      name,
      points: steps.map((step, snapshot) => [step, probabilities[snapshot]![candidate]!] as const),
    }));
    const range = { min: 0, max: 1 };
    return lineChart(`${prefix}-gates-${index}`, choice, { x: 'architecture step', y: 'probability' }, series, range) ?? [];
  });
