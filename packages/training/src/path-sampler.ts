// Paths through the supernet: one candidate at each choice.
import type { Mixture } from '@nasc/core';
import { singlePath } from '@nasc/core';
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';

export interface PathSamplerOptions {
  readonly choices: readonly ChoiceNode[];
  readonly seed: number;
  /** What the paths are for; other streams draw other paths. */
  readonly stream: string;
}

/** Each candidate equally likely, independently at each choice. Step t always draws the same path, whatever was asked before. */
export const uniformPathSampler = ({ choices, seed, stream }: PathSamplerOptions): ((step: number) => readonly number[]) => {
  return (step) => {
    const random = new Random({ seed, stream, step });
    return choices.map(({ candidates }) => random.integer(candidates.length));
  };
};

/** The same as mixtures, as a training loop takes them. */
export const uniformMixtures = (options: PathSamplerOptions): ((step: number) => Mixture) => {
  const sample = uniformPathSampler(options);
  return (step) => singlePath(sample(step));
};
