import { singlePath } from '@nasc/core';
import type { TensorTable } from '@nasc/ir';
import { expect, test, vi } from 'vitest';
import { native, programWith } from '../../../test/engines/engine-under-test.ts';
import { randomBatch } from '../../../test/engines/graphs.ts';
import { nativeWidths } from '../../../test/engines/native-under-test.ts';
import { sgd, smallSpace, stepOptions, zeroIndex } from '../../../test/engines/small-space.ts';

const batches = [1, 2, 3].map((seed) => randomBatch(smallSpace, 8, seed));

const bytes = (table: TensorTable) => new Map([...table].map(([id, { data }]) => [id, Buffer.from(data.buffer).toString('base64')]));

test.each(nativeWidths)('results have the same bits on 1, 2 and 3 threads, with vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  const results = [];
  for (const threads of [1, 2, 3]) {
    const program = await programWith(native, undefined, { threads });
    const losses = [];
    for (const [index, batch] of batches.entries())
      losses.push((await program.trainStep(batch, singlePath([index, index, zeroIndex - index]), stepOptions, sgd)).loss);
    const gates = await program.candidateGradients(batches[0]!, { mode: 'full_v2', active: [0, 1, 2] }, { randomKey: [0, 0] });
    const { parameters, momentum } = await program.readState();
    results.push({ losses, gates, parameters: bytes(parameters), momentum: bytes(momentum) });
    await program.dispose();
  }
  vi.unstubAllEnvs();
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});
