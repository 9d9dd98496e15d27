// From the fronts of a run to front.json, with the names that people know: of candidates, not their numbers.
import type { Accuracy, PartialPipelineResult, ScoredNetwork, SearchSpaceArtifact } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import type { FrontAccuracy, FrontNetwork, FrontReport, FrontScored } from '../generated/front.ts';

/** JSON has no other numbers. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const accuracyOf = ({ correct, correctTop5, count, crossEntropy }: Accuracy): FrontAccuracy => ({
  correct,
  correctTop5: correctTop5 ?? null,
  count,
  crossEntropy: finite(crossEntropy),
});

const scoredOf = ({ choices, predictedMs, searchScore, accuracy }: ScoredNetwork, { graph }: SearchSpaceArtifact): FrontScored => ({
  candidates: choicesOf(graph).map(({ candidates }, choice) => candidates[choices[choice]!]!.name),
  predictedMs,
  searchScore: finite(searchScore),
  accuracy: accuracy ? accuracyOf(accuracy) : null,
});

/** Of a run that made `front`, or `frontLatencies`, which has measured latencies too. */
export const buildFront = ({ searchSpace: space, networks }: PartialPipelineResult): FrontReport => ({
  format: 1,
  dataset: space!.task.dataset,
  space: space!.name,
  choices: choicesOf(space!.graph).map(({ id, group }) => group ?? id),
  networks: Object.entries(networks).map(([name, artifacts]): FrontNetwork => {
    const { target, limits, costModel, searchResult, front, frontLatencies } = artifacts;
    const { limitMs, limitsMs, confidence, points, scored } = front!;
    return {
      name,
      target,
      device: costModel!.profile.device.description,
      strategy: searchResult!.strategy,
      limitMs: limitMs ?? null,
      limits: {
        macs: limits.macs ?? null,
        parameters: limits.parameters ?? null,
        memoryBytes: limits.memoryBytes ?? null,
        storageBytes: limits.storageBytes ?? null,
      },
      limitsMs: [...limitsMs],
      confidence: confidence ?? null,
      points: points.map((point, index) => {
        const cost = (which: string): number => {
          const { predicted, planned = predicted } = point.costs.find(({ name: costName }) => costName === which)!;
          return planned;
        };
        return {
          limitsMs: [...point.limitsMs],
          ...scoredOf(point, space!),
          interval: point.interval ?? null,
          measuredMs: frontLatencies?.measuredMs?.[index] ?? null,
          macs: cost('macs'),
          parameters: cost('parameters'),
          memoryBytes: cost('memory'),
          storageBytes: cost('storage'),
        };
      }),
      scored: scored.map((network) => scoredOf(network, space!)),
    };
  }),
});
