// Kernels in a process of their own give what kernels in this process give.
import { singlePath } from '@nasc/core';
import { createNativeEngine, nativeEngine } from '@nasc/engine-native';
import type { TrainingEngine } from '@nasc/core';
import { expect, test } from 'vitest';
import { kernelBuilds, missingTools } from '../../../../scripts/kernel-builds.js';
import { native, programWith } from '../../../../test/engines/engine-under-test.ts';
import { randomBatch, worstError } from '../../../../test/engines/graphs.ts';
import { sgd, smallSpace, stepOptions, zeroIndex } from '../../../../test/engines/small-space.ts';
import { loadKernelHost } from './kernel-host.test-helper.ts';

const train = async (engine: TrainingEngine) => {
  const program = await programWith({ ...native, engine });
  for (const seed of [1, 2]) await program.trainStep(randomBatch(smallSpace, 8, seed), singlePath([0, seed, zeroIndex]), stepOptions, sgd);
  const { loss } = await program.forwardBackward(randomBatch(smallSpace, 5, 3), singlePath([2, 1, 0]), stepOptions);
  const result = { loss, gradients: await program.readGradients(), ...(await program.readState()) };
  await program.dispose();
  return result;
};

// What the processes share lies in /proc.
const here = process.platform === 'linux';

/** Milliseconds: all kernels are compiled first. */
const timeout = 300_000;

test.runIf(here)(
  'the same build: the same bits (needs Linux)',
  async () => {
    expect(await train(createNativeEngine(loadKernelHost({ flags: [], runner: [] })))).toEqual(await train(nativeEngine));
  },
  timeout,
);

const missing = missingTools(kernelBuilds.neon);
/** Compiled sooner than what `npm run check:neon` runs. */
const neon = { ...kernelBuilds.neon, flags: ['-O1'] };

test.runIf(here && missing.length === 0)(
  `NEON in an emulator: the same but for rounding (needs ${kernelBuilds.neon.needs.join(', ')})`,
  async () => {
    const [emulated, expected] = [await train(createNativeEngine(loadKernelHost(neon))), await train(nativeEngine)];
    expect(emulated.loss).toBeCloseTo(expected.loss, 4);
    expect(worstError(emulated.gradients, new Map([...expected.gradients].map(([id, { data }]) => [id, data]))).error).toBeLessThan(1e-4);
  },
  timeout,
);
