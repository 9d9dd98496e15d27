// The networks that are timed, in rounds of which each is complete in itself: the last ones only check the fit.
import { sampleNetworks } from '@nasc/measure';

/** A round has as many networks as the widest choice has candidates, so it shows every candidate of every choice. */
export const sampleRounds = (candidateCounts: readonly number[], rounds: number, seed: number): readonly (readonly number[])[] =>
  Array.from({ length: rounds }, (_, epoch) =>
    sampleNetworks(candidateCounts, Math.max(1, ...candidateCounts), { seed, stream: 'onnxruntime.sample', epoch }),
  ).flat();
