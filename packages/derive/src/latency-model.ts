// Expected and predicted latency from the cost model: additive over blocks.
import type { CostModel, LatencyTable } from '@nasc/core';

export const latencyTable = ({ fixed, choices }: Pick<CostModel, 'fixed' | 'choices'>): LatencyTable => ({
  constantMs: Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0),
  candidatesMs: choices.map((candidates) => candidates.map(({ ms }) => ms)),
});

/** Latency of one network, ms. */
export const predictLatency = ({ constantMs, candidatesMs }: LatencyTable, choices: readonly number[]): number =>
  choices.reduce((sum, chosen, choice) => sum + candidatesMs[choice]![chosen]!, constantMs);

/** Expected latency of a network whose candidates are drawn uniformly, ms. */
export const uniformLatency = ({ constantMs, candidatesMs }: LatencyTable): number =>
  candidatesMs.reduce((sum, candidates) => sum + candidates.reduce((total, ms) => total + ms, 0) / candidates.length, constantMs);

/** Latency of the fastest network, ms. */
export const leastLatency = ({ constantMs, candidatesMs }: LatencyTable): number =>
  candidatesMs.reduce((sum, candidates) => sum + Math.min(...candidates), constantMs);
