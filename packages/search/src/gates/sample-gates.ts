// Binarisation: which candidate of each choice is active in a step (ProxylessNAS, section 3.2).
import type { GateMode, GateSample } from '@nasc/core';
import type { Random } from '@nasc/random';
import { pairProbabilities } from './alpha-gradient.ts';

/** A path with each candidate drawn by its probability. */
export const samplePath = (probabilities: readonly ArrayLike<number>[], random: Random): readonly number[] =>
  probabilities.map((p) => random.categorical(p));

/**
 * `full`, `full_v2`: one candidate a choice by its probability. `two`: two distinct candidates by their probabilities without
 * replacement, then the active one by the softmax over the two.
 */
export const sampleGates = (
  mode: GateMode,
  alphas: readonly ArrayLike<number>[],
  probabilities: readonly ArrayLike<number>[],
  random: Random,
): GateSample => {
  if (mode !== 'two') return { mode, active: samplePath(probabilities, random) };
  const active: number[] = [];
  const other: number[] = [];
  for (const [choice, p] of probabilities.entries()) {
    const first = random.categorical(p);
    const second = random.categorical(Array.from(p, (probability, index) => (index === first ? 0 : probability)));
    const swap = random.categorical(pairProbabilities(alphas[choice]!, [first, second])) === 1;
    active.push(swap ? second : first);
    other.push(swap ? first : second);
  }
  return { mode, active, other };
};
