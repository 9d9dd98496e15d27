// The gradient of the whole mixed loss, as the engine and the formulas give it, against central differences of that loss in float64.
import { createPlainRunner } from '@nasc/c-emit';
import type { CostTable } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { createObjective, softmax } from '@nasc/search';
import type { ObjectiveOptions } from '@nasc/search';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { compileFor, native } from '../../../test/engines/engine-under-test.ts';
import { mixtureNetwork, randomBatch, randomParameters } from '../../../test/engines/graphs.ts';
import { referenceStep } from '../../../test/engines/reference.ts';
import { zeroIndex } from '../../../test/engines/small-space.ts';
import { mixtureOf } from './darts.ts';
import { mixedLossGradient } from './mixed-loss-gradient.ts';

/** Blocks with shortcut and Zero, and one without either. */
const { space } = native;
const choices = choicesOf(space);
const batch = randomBatch(space, 8, 3);
const parameters = randomParameters(space, 1);
const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

const costs: readonly CostTable[] = [
  {
    name: 'latency',
    unit: 'ms',
    combine: 'sum',
    constant: 2,
    candidates: choices.map(({ candidates }, choice) => candidates.map((_, index) => (index === zeroIndex ? 0 : 1 + index + choice))),
    limit: 6,
  },
  {
    name: 'memory',
    unit: 'bytes',
    combine: 'max',
    constant: 10,
    candidates: choices.map(({ candidates }, choice) => candidates.map((_, index) => 100 * (choice + 1) + 10 * index)),
    limit: 250,
  },
];
const alphas = choices.map(({ candidates }, choice) => Float64Array.from(candidates, (_, index) => Math.sin(3 * choice + 2 * index)));

/** What `mixtureNetwork` calls its weights; not rounded to float32, so that steps can be smaller than the way to the next kink of a ReLU. */
const exactWeights = (probabilities: readonly Float64Array[]) =>
  probabilities.flatMap((p, choice) => {
    const { id, type } = choices[choice]!;
    const channels = type.shape.at(-1)!;
    return [...p].map((value, index) => {
      const data = new Float64Array(channels).fill(value) as unknown as Float32Array;
      return [`${id}.mix.${index}.weight`, { shape: [1, 1, channels], data }] as const;
    });
  });

test.each([
  { loss: 'lagrangian', multipliers: [0.4, 0.2] },
  { loss: 'add#linear', multipliers: [] },
  { loss: 'mul#log', multipliers: [] },
] as const)('of cross-entropy, latency and memory together: $loss', async ({ loss, multipliers }) => {
  const options: ObjectiveOptions = { loss, eta: 0.1, damping: 2, lambda: 0.3, scale: 0.5, beta: 0.3 };
  const objective = createObjective(options, costs);
  const program = await compileFor(native, space, { activePaths: 'all' });
  await program.writeState({ parameters });
  const lossAt = (shifted: readonly Float64Array[]) => {
    const probabilities = shifted.map(softmax);
    const { network } = mixtureNetwork(space, mixtureOf(probabilities));
    const { loss: crossEntropy } = referenceStep(double, network, new Map([...parameters, ...exactWeights(probabilities)]), batch);
    const weightGradients = probabilities.map((p) => [...p]);
    return mixedLossGradient({ probabilities, crossEntropy, weightGradients, objective, multipliers }).value;
  };

  const probabilities = alphas.map(softmax);
  const step = { gradients: 'mixture', batchNorm: 'batch', randomKey: [0, 0] } as const;
  const { loss: crossEntropy, mixtureGradients } = await program.forwardBackward(batch, mixtureOf(probabilities), step);
  const { gradients } = mixedLossGradient({ probabilities, crossEntropy, weightGradients: mixtureGradients!, objective, multipliers });

  // Zero itself adds nothing; its probability is taken from the others.
  for (const row of mixtureGradients!) if (row.length > zeroIndex) expect(row[zeroIndex]).toBe(0);
  const largest = Math.max(...gradients.flatMap((row) => [...row].map(Math.abs)));
  const epsilon = 1e-6;
  for (const [choice, row] of gradients.entries()) {
    for (const [index, gradient] of row.entries()) {
      const shifted = (by: number) =>
        alphas.map((alpha, other) => (other === choice ? alpha.map((value, i) => (i === index ? value + by : value)) : alpha));
      const difference = (lossAt(shifted(epsilon)) - lossAt(shifted(-epsilon))) / (2 * epsilon);
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-3 * largest);
    }
  }
  await program.dispose();
});
