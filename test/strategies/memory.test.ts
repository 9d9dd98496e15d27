// "Memory of one path": what a search holds of activations does not grow with the number of candidates. DARTS shows what it costs otherwise.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeEngine } from '@nasc/engine-native';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { expect, test } from 'vitest';

const ops = lookupOf(primitiveOps);

/** Two choices of so many MBConvs, none of which needs more than the first. */
const spaceOf = (count: number) =>
  buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
    let value = builder.macro('stem', 'convBnAct', [builder.input('image', float32(16, 16, 3))], { kernel: 3, width: 8 });
    for (const name of ['first', 'second']) {
      const candidates = Array.from({ length: count }, (_, index) => ({
        name: `c${index}`,
        macro: 'mbConv',
        attributes: { kernel: index === 0 ? 7 : [3, 5][index % 2]!, expansion: index === 0 ? 6 : 1 + (index % 6), width: 8 },
      }));
      value = builder.choice(name, [value], candidates);
    }
    return builder.macro('head', 'linearHead', [value], { classes: 4 });
  });

const memoryOf = async (count: number, activePaths: 1 | 2 | 'all') => {
  const space = spaceOf(count);
  const program = await nativeEngine.compile(space, {
    ops,
    patterns: lookupOf([]),
    activePaths,
    batchSize: 8,
    threads: 2,
    cacheFolder: join(tmpdir(), 'nasc-engine-native-test'),
  });
  try {
    // A gate step of all candidates fits into what was planned.
    if (activePaths === 1) {
      const batch = { count: 8, images: new Float32Array(8 * 16 * 16 * 3).fill(0.5), targets: new Float32Array(32).fill(0.25) };
      const { gradients } = await program.candidateGradients(
        batch,
        { mode: 'full_v2', active: choicesOf(space).map(() => count - 1) },
        { randomKey: [0, 0] },
      );
      expect(gradients.map((row) => row.length)).toEqual([count, count]);
    }
    return program.arenaBytes!;
  } finally {
    await program.dispose();
  }
};

test('one active path: as much for 2 candidates a choice as for 6 or 12; all active: for each of them', async () => {
  const onePath = [await memoryOf(2, 1), await memoryOf(6, 1), await memoryOf(12, 1)];
  expect(onePath[1]).toBe(onePath[0]);
  expect(onePath[2]).toBe(onePath[0]);
  const all = [await memoryOf(2, 'all'), await memoryOf(6, 'all'), await memoryOf(12, 'all')];
  expect(all[0]).toBeGreaterThan(onePath[0]!);
  expect(all[1]! / all[0]!).toBeGreaterThan(1.5);
  expect(all[2]! / all[1]!).toBeGreaterThan(1.5);
});
