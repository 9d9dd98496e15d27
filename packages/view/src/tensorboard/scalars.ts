// A network's histories as TensorBoard's scalars: one folder a network, which TensorBoard takes for a run.
import { join } from 'node:path';
import type { Columns, NetworkView, RunView } from '../run-view.ts';
import { eventFile } from './event-file.ts';
import type { Scalar } from './event-file.ts';

const scalarsOf = (part: string, columns: Columns | undefined): readonly Scalar[] => {
  const steps = columns?.['step'] ?? [];
  return Object.entries(columns ?? {})
    .filter(([name]) => name !== 'step')
    .flatMap(([name, values]) =>
      values.flatMap((value, index) => (Number.isFinite(value) ? [{ tag: `${part}/${name}`, step: steps[index] ?? index, value }] : [])),
    );
};

const gateScalars = ({ gates = [] }: NetworkView): readonly Scalar[] =>
  gates.flatMap(({ choice, candidates, steps, probabilities }) =>
    steps.flatMap((step, snapshot) =>
      candidates.map((name, candidate) => ({ tag: `gates/${choice}/${name}`, step, value: probabilities[snapshot]![candidate]! })),
    ),
  );

/** Path inside the folder -> content. Runs of one name are told apart by a number. */
export const tensorboardFiles = (runs: readonly RunView[], wallTime: number): ReadonlyMap<string, Uint8Array> => {
  const file = `events.out.tfevents.${Math.floor(wallTime)}.nasc`;
  return new Map(
    runs.flatMap((run, index) => {
      const folder = runs.length > 1 ? `${index + 1}-${run.name.replaceAll(/[^\w.-]+/g, '_')}` : '';
      return [
        [join(folder, 'warm-up', file), eventFile(scalarsOf('warm-up', run.warmUp), wallTime)] as const,
        ...run.networks.map((network) => {
          const scalars = [...scalarsOf('search', network.search), ...gateScalars(network), ...scalarsOf('training', network.training)];
          return [join(folder, `network-${network.name.replaceAll(/[^\w.-]+/g, '_')}`, file), eventFile(scalars, wallTime)] as const;
        }),
      ];
    }),
  );
};
