// What the search learns: a logit for every candidate of every choice, with the state of its optimizer.
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { adamState } from './adam.ts';
import type { AdamState } from './adam.ts';

/** By choice, in the order of `choicesOf`; changed in place by each step. */
export interface ArchitectureParameters {
  readonly choices: readonly ChoiceNode[];
  readonly alphas: readonly Float64Array[];
  readonly states: readonly AdamState[];
}

/** alpha ~ N(0, 0.001^2): close to uniform, but no two candidates are tied. */
export const initialArchitecture = (choices: readonly ChoiceNode[], seed: number): ArchitectureParameters => ({
  choices,
  alphas: choices.map(({ candidates }, index) => {
    const random = new Random({ seed, stream: 'search.alpha', index });
    return Float64Array.from(candidates, () => 1e-3 * random.normal());
  }),
  states: choices.map(({ candidates }) => adamState(candidates.length)),
});

/** The same as plain data, exact. */
export type StoredArchitecture = readonly {
  readonly alpha: readonly number[];
  readonly mean: readonly number[];
  readonly square: readonly number[];
  readonly step: number;
}[];

export const storeArchitecture = ({ alphas, states }: ArchitectureParameters): StoredArchitecture =>
  alphas.map((alpha, choice) => {
    const { mean, square, step } = states[choice]!;
    return { alpha: [...alpha], mean: [...mean], square: [...square], step };
  });

export const restoreArchitecture = (choices: readonly ChoiceNode[], stored: StoredArchitecture): ArchitectureParameters => ({
  choices,
  alphas: stored.map(({ alpha }) => Float64Array.from(alpha)),
  states: stored.map(({ mean, square, step }) => ({ mean: Float64Array.from(mean), square: Float64Array.from(square), step })),
});
