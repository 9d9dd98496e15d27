// Retrain: the chosen network to completion, beside its teacher where it has one.
import { definePass, withProgram } from '@nasc/core';
import type { DerivedNetwork, PassContext } from '@nasc/core';
import { teacherSignal } from '@nasc/training';
import type { TrainNetworkOptions } from '@nasc/training';
import type { UntrainedNetwork } from './choose-path-pass.ts';
import { isWeightsFile } from './load-weights.ts';
import { trainToCompletion } from './train-to-completion.ts';

export const retrainPass = definePass({
  name: 'retrain',
  run({ task, graph, weights, teacher }: UntrainedNetwork, context: PassContext): Promise<DerivedNetwork> {
    const { epochs, batchSize, distillation, from } = context.config.derive.retrain;
    const train = (teach?: TrainNetworkOptions['teach']) =>
      trainToCompletion(
        context,
        { task, graph, weights, loaded: isWeightsFile(from), epochs, stream: 'retrain', at: '/derive/retrain', teach },
        // The only look at the test split before the emitted code's.
        async (network, test) => ({ ...network, test: await test() }),
      );
    if (!teacher || !distillation) return train();
    // Two programs at once: the teacher's needs memory for its weights and, as any, for the activations of a training step.
    const request = { graph: teacher.graph, parameters: teacher.weights, activePaths: 1, batchSize } as const;
    return withProgram(context, request, (program) => train(teacherSignal(program, distillation)));
  },
});
