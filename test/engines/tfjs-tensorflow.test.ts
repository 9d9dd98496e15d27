import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { tfjsEngine } from '@nasc/engine-tfjs';
import { describe, expect, test } from 'vitest';
import type { EngineUnderTest } from './engine-under-test.ts';
import { gatesSuite } from './gates-suite.ts';
import { gradientsSuite } from './gradients-suite.ts';
import { opsSuite } from './ops-suite.ts';
import { programSuite } from './program-suite.ts';
import { smallSpace } from './small-space.ts';
import { statisticsSuite } from './statistics-suite.ts';
import { tensorsSuite } from './tensors-suite.ts';
import { togetherSuite } from './together-suite.ts';
import { updateSuite } from './update-suite.ts';

// One thread, so that sums have one order.
const under: EngineUnderTest = { engine: tfjsEngine, space: smallSpace, options: { threads: 1 } };
const { available, detail, identity, gpu } = await tfjsEngine.probe({ threads: 1, cacheFolder: tmpdir() });

describe.runIf(available)('on TensorFlow (needs `nasc setup tfjs`)', async () => {
  test('probe tells what it runs on', () => {
    expect(detail).toMatch(/^TensorFlow \d+\.\d+\.\d+ on /);
    expect(identity).toMatch(gpu ? /^tfjs:4\.22\.0:\d+\.\d+\.\d+:gpu:/ : /^tfjs:4\.22\.0:\d+\.\d+\.\d+:cpu$/);
  });
  if (!available) return;
  const engine = createRequire(createRequire(import.meta.url).resolve('@nasc/engine-tfjs'));
  const tf = engine('@tensorflow/tfjs-node-gpu') as { memory(): { numTensors: number } };
  await opsSuite(under);
  await gradientsSuite(under);
  await gatesSuite(under);
  await statisticsSuite(under);
  updateSuite(under);
  programSuite(under);
  togetherSuite(under);
  tensorsSuite(under, () => tf.memory().numTensors);
});
