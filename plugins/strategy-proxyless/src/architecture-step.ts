// One step of the architecture parameters: gates' gradients and expected latency through the loss, then Adam.
import type { GateGradients, GateSample, LatencyTable } from '@nasc/core';
import type { ChoiceNode } from '@nasc/ir';
import { adamStep } from './adam.ts';
import { alphaGradient, alphaGradientOfPair, pairProbabilities } from './alpha-gradient.ts';
import type { ArchitectureParameters } from './architecture-parameters.ts';
import { expectedLatency, expectedLatencyGradient } from './expected-latency.ts';
import type { LatencyTerm } from './latency-term.ts';
import type { ProxylessOptions } from './options.ts';
import { rescalePair } from './rescale-pair.ts';
import { softmax } from './softmax.ts';

export interface ArchitectureStep {
  readonly options: ProxylessOptions;
  readonly latency: LatencyTable;
  readonly term: LatencyTerm;
  readonly lambda: number;
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

/** The probabilities that the expected latency is taken over: all candidates', or those of the sampled pair alone. */
const latencyProbabilities = (alpha: Float64Array, pair: readonly [number, number] | undefined): Float64Array => {
  if (!pair) return softmax(alpha);
  const spread = new Float64Array(alpha.length);
  [spread[pair[0]], spread[pair[1]]] = pairProbabilities(alpha, pair);
  return spread;
};

/** Moves the parameters; returns the expected latency before the step, ms. */
export const architectureStep = ({ choices, alphas, states }: ArchitectureParameters, given: ArchitectureStep): number => {
  const { options, latency, term, lambda, sample, measured } = given;
  const adam = { learningRate: options.learningRate, beta1: 0, beta2: 0.999, epsilon: 1e-8 };
  const overPair = options.expectedOver === 'sampled';
  const latencyP = alphas.map((alpha, choice) => latencyProbabilities(alpha, overPair ? pairOf(sample, choice) : undefined));
  const expectedMs = expectedLatency(latencyP, latency);
  const { perCrossEntropy, perMs } = term.loss(measured.loss, expectedMs, lambda);

  for (const [choice, alpha] of alphas.entries()) {
    const node = choices[choice]!;
    const pair = pairOf(sample, choice);
    const gates = measured.gradients[choice]!;
    const silent = !options.crossEntropyGradients || (options.zero === 'latency-only' && isZero(node, sample.active[choice]!));
    const ofCrossEntropy = pair ? alphaGradientOfPair(alpha, gates, pair) : alphaGradient(softmax(alpha), gates);
    const ofLatency = expectedLatencyGradient(latencyP[choice]!, latency.candidatesMs[choice]!);
    const gradient = ofLatency.map((g, i) => perMs * g + (silent ? 0 : perCrossEntropy * ofCrossEntropy[i]!));
    if (!gradient.every(Number.isFinite)) throw given.diverged(`a gate's gradient at ${node.id} is not a number`);
    const before = alpha.slice();
    adamStep(alpha, gradient, states[choice]!, adam);
    if (pair) rescalePair(alpha, before, pair);
  }
  return expectedMs;
};
