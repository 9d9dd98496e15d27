// One step of the architecture parameters: gates' gradients and expected costs through the loss, then Adam.
import type { GateGradients, GateSample } from '@nasc/core';
import type { ChoiceNode } from '@nasc/ir';
import {
  adamStep,
  addCostGradient,
  alphaGradient,
  alphaGradientOfPair,
  expectedCost,
  pairProbabilities,
  publishedAdam,
  rescalePair,
  softmax,
} from '@nasc/search';
import type { ArchitectureParameters, Objective } from '@nasc/search';
import type { GradientOptions } from './options.ts';

export interface GateStep {
  readonly options: Pick<GradientOptions, 'learningRate' | 'zero' | 'expectedOver' | 'crossEntropyGradients'>;
  readonly objective: Objective;
  readonly multipliers: readonly number[];
  readonly sample: GateSample;
  /** Of the arch-validation batch. */
  readonly measured: GateGradients;
  /** What is thrown where a gradient is not a number. */
  diverged(what: string): Error;
}

const isZero = (choice: ChoiceNode, candidate: number): boolean =>
  choice.candidates[candidate]!.graph.nodes.some(({ op }) => op === 'zero');

const pairOf = ({ mode, active, other }: GateSample, choice: number): readonly [number, number] | undefined =>
  mode === 'two' ? [active[choice]!, other![choice]!] : undefined;

/** The probabilities that expected costs are taken over: all candidates', or those of the sampled pair alone. */
const costProbabilities = (alpha: Float64Array, pair: readonly [number, number] | undefined): Float64Array => {
  if (!pair) return softmax(alpha);
  const spread = new Float64Array(alpha.length);
  [spread[pair[0]], spread[pair[1]]] = pairProbabilities(alpha, pair);
  return spread;
};

/** Moves the parameters; returns the expected costs before the step, in the objective's order. */
export const architectureStep = ({ choices, alphas, states }: ArchitectureParameters, given: GateStep): readonly number[] => {
  const { options, objective, multipliers, sample, measured } = given;
  const adam = { ...publishedAdam, learningRate: options.learningRate };
  const overPair = options.expectedOver === 'sampled';
  const probabilities = alphas.map((alpha, choice) => costProbabilities(alpha, overPair ? pairOf(sample, choice) : undefined));
  const expected = objective.costs.map((table) => expectedCost(probabilities, table));
  const values = expected.map(({ value }) => value);
  const { perCrossEntropy, perCost } = objective.evaluate(measured.loss, values, multipliers);
  const costs = objective.costs.map((table, cost) => ({ table, expected: expected[cost]!, perCost: perCost[cost]! }));

  for (const [choice, alpha] of alphas.entries()) {
    const node = choices[choice]!;
    const pair = pairOf(sample, choice);
    const gates = measured.gradients[choice]!;
    const silent = !options.crossEntropyGradients || (options.zero === 'latency-only' && isZero(node, sample.active[choice]!));
    const ofCrossEntropy = pair ? alphaGradientOfPair(alpha, gates, pair) : alphaGradient(softmax(alpha), gates);
    const gradient = ofCrossEntropy.map((g) => (silent ? 0 : perCrossEntropy * g));
    addCostGradient(gradient, probabilities[choice]!, choice, costs);
    if (!gradient.every(Number.isFinite)) throw given.diverged(`a gate's gradient at ${node.id} is not a number`);
    const before = alpha.slice();
    adamStep(alpha, gradient, states[choice]!, adam);
    if (pair) rescalePair(alpha, before, pair);
  }
  return values;
};
