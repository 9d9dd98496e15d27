// The published table of the Pixel 1 as the only thing that gates learn from: they end at the fastest network of the paper's space.
import { validateOptions, validateSpace } from '@nasc/config';
import type { CostTable } from '@nasc/core';
import { expandSpace } from '@nasc/expand';
import { choicesOf, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { tablePredictor } from '@nasc/latency-predictors';
import { describeSpace } from '@nasc/profile';
import { Random } from '@nasc/random';
import { createObjective, expectedCost, initialArchitecture, latencyCosts, leastCost, pathCost, sampleGates, softmax } from '@nasc/search';
import { proxylessImagenet } from '@nasc/spaces';
import { architectureStep, gradientOptionsSchema } from '@nasc/strategy-proxyless';
import type { GradientOptions } from '@nasc/strategy-proxyless';
import { pixel1Target } from '@nasc/target-profile';
import { expect, test } from 'vitest';

const space = expandSpace(
  validateSpace(proxylessImagenet, 'proxyless-imagenet'),
  { inputShape: [224, 224, 3], classes: 1000 },
  { ops: lookupOf(primitiveOps), macros: lookupOf(macros) },
);
const choices = choicesOf(space);
const { profile } = pixel1Target.create({}, { folder: '.' });
const described = describeSpace('proxyless-imagenet', space, lookupOf(primitiveOps));
const measured = tablePredictor.create({}).fit({ space: described, profile: profile!, others: [], seed: 0 });

/** Steps of Adam from the latency alone: gates of the cross-entropy are silent. */
const searched = (given: Readonly<Record<string, unknown>>, limit: number | undefined, steps: number) => {
  const settings = { ...given, crossEntropyGradients: false };
  const options = validateOptions(gradientOptionsSchema, settings, '/derive/strategy') as unknown as GradientOptions;
  const table: CostTable = { ...latencyCosts(measured), limit };
  const objective = createObjective(options, [table]);
  const architecture = initialArchitecture(choices, 1);
  let multipliers = objective.initialMultipliers;
  for (let step = 0; step < steps; step++) {
    const probabilities = architecture.alphas.map(softmax);
    const sample = sampleGates(options.gates, architecture.alphas, probabilities, new Random({ seed: 1, stream: 'test.gates', step }));
    const gradients = choices.map(({ candidates }) => new Float64Array(candidates.length));
    const given = {
      options,
      objective,
      multipliers,
      sample,
      measured: { loss: 1, correct: 0, gradients },
      diverged: (what: string) => new Error(what),
    };
    multipliers = objective.nextMultipliers(multipliers, architectureStep(architecture, given));
  }
  const path = architecture.alphas.map((alpha) => alpha.indexOf(Math.max(...alpha)));
  return { mostProbableMs: pathCost(table, path), expectedMs: expectedCost(architecture.alphas.map(softmax), table).value };
};

test('the fastest network takes 29.609 ms', () => {
  expect(leastCost(latencyCosts(measured))).toBeCloseTo(29.609, 3);
});

test.each([
  [{ loss: 'add#linear', references: { latency: 80 }, learningRate: 0.3 }, undefined, 60],
  [{ loss: 'mul#log', references: { latency: 80 }, learningRate: 0.3 }, undefined, 60],
  [{ loss: 'lagrangian', learningRate: 0.3 }, 29.7, 60],
  [{ loss: 'add#linear', references: { latency: 80 }, learningRate: 0.3, gates: 'two', expectedOver: 'sampled' }, undefined, 600],
] as const)('a search by latency alone ends there: %j', (options, limit, steps) => {
  expect(searched(options, limit, steps).mostProbableMs).toBeCloseTo(29.609, 3);
});

test('with a looser limit the Lagrangian leaves the expected latency there', () => {
  // Below the limit nothing moves the gates any more.
  const { expectedMs } = searched({ loss: 'lagrangian', learningRate: 0.05 }, 80, 400);
  expect(expectedMs / 80).toBeGreaterThan(0.93);
  expect(expectedMs / 80).toBeLessThan(1.001);
});
