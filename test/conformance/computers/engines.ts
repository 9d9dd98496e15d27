// Training engines: ours with and without its fused kernels, and TensorFlow's.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { singlePath } from '@nasc/core';
import type { TrainingEngine } from '@nasc/core';
import { createTfjsEngine, tfjsEngine } from '@nasc/engine-tfjs';
import type { LoadLibrary } from '@nasc/engine-tfjs';
import type { PatternLookup } from '@nasc/ir';
import { nativeUnderTest } from '../../engines/native-under-test.ts';
import { randomKey } from '../cases/network-case.ts';
import type { NetworkCase } from '../cases/network-case.ts';
import { opLookup, registry } from '../registered-ops.ts';
import type { Computer } from './computer.ts';

const options = { threads: 2, cacheFolder: join(tmpdir(), 'nasc-conformance') };

export const engineComputer = (name: string, lowering: Computer['lowering'], engine: TrainingEngine, patterns: PatternLookup): Computer => {
  const withProgram = async <T>(
    { graph, parameters, batch }: NetworkCase,
    use: (program: Awaited<ReturnType<TrainingEngine['compile']>>) => Promise<T>,
  ) => {
    const program = await engine.compile(graph, { ...options, ops: opLookup, patterns, activePaths: 1, batchSize: batch.count });
    try {
      await program.writeState({ parameters });
      return await use(program);
    } finally {
      await program.dispose();
    }
  };
  const path = singlePath([]);
  return {
    name,
    lowering,
    train: (network) =>
      withProgram(network, async (program) => {
        const { loss } = await program.forwardBackward(network.batch, path, { gradients: 'weights', batchNorm: 'batch', randomKey });
        const gradients = await program.readGradients();
        return { loss, gradients: new Map([...gradients].map(([id, { data }]) => [id, data])) };
      }),
    infer: (network) => withProgram(network, async (program) => (await program.evaluate(network.batch, path, 'running')).logits),
  };
};

export const nativeComputers: readonly Computer[] = [
  engineComputer('native', 'c', nativeUnderTest, registry.patterns),
  engineComputer('native, unfused', 'c', nativeUnderTest, { get: () => undefined, all: () => [] }),
];

/** The same in plain JavaScript, about 2000 times slower. */
const loadPlain: LoadLibrary = async () => {
  tf.enableProdMode(); // no advertisement
  await tf.setBackend('cpu');
  return { tf, detail: 'plain JavaScript', identity: 'tfjs:plain' };
};

export interface TfjsComputer extends Computer {
  /** TensorFlow's kernels, not those in JavaScript. */
  readonly fast: boolean;
}

/** TensorFlow where `nasc setup tfjs` has been here. */
export const createTfjsComputer = async (): Promise<TfjsComputer> => {
  const { available, detail } = await tfjsEngine.probe(options);
  const engine = available ? tfjsEngine : createTfjsEngine(loadPlain);
  const name = available ? detail.replace(/,.*/, '') : 'TensorFlow.js in plain JavaScript';
  return { ...engineComputer(name, 'tfjs', engine, registry.patterns), fast: available };
};
