// The ops' plain kernels, node by node: in float64 the reference of everything.
import { createPlainRunner } from '@nasc/c-emit';
import { crossEntropy, randomKey } from '../cases/network-case.ts';
import type { NetworkCase } from '../cases/network-case.ts';
import { ops } from '../registered-ops.ts';
import type { Computer } from './computer.ts';

export const plainComputer = async (precision: 'double' | 'float'): Promise<Required<Computer>> => {
  const runner = await createPlainRunner(ops, precision);
  const forward = ({ graph, parameters, batch }: NetworkCase, mode: 'training' | 'inference') => {
    const values = new Map([...parameters].map(([id, { data }]) => [id, data]));
    const images = new Map([[graph.inputs[0]!.id, batch.images]]);
    return runner.runForward(graph, values, images, { batch: batch.count, mode, randomKey });
  };
  return {
    name: precision === 'double' ? 'float64' : 'plain float32',
    lowering: 'c',
    async train(network) {
      const [output] = network.graph.outputs;
      const run = forward(network, 'training');
      const { loss, gradient } = crossEntropy(run.values.get(output!)!, network.batch);
      return { loss, gradients: runner.runBackward(run, new Map([[output!, gradient]])).parameters };
    },
    infer: async (network) => forward(network, 'inference').values.get(network.graph.outputs[0]!)!,
    dispose: () => runner.dispose(),
  };
};
