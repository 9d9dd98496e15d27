// Builds the code and compares its logits with ONNX Runtime's on real test images, where the target gives logits.
import { definePass, taskDataset, withExecutable } from '@nasc/core';
import type { Batch } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { collectLogits, compareOutputs, createOnnxSession } from '@nasc/onnx';
import type { CheckedNetwork, EmittedNetwork } from './generated.ts';
import { messages } from './messages.ts';
import { comparedBatches } from './test-images.ts';

/** Largest ||code - ONNX Runtime|| / ||ONNX Runtime|| over the logits of all images. */
export const allowedRelativeError = 1e-3;

/** Throws CODEGEN_OUTPUTS_DIFFER. */
export const checkOutputs = definePass({
  name: 'checkOutputs',
  async run(input: EmittedNetwork, context): Promise<CheckedNetwork> {
    const { target, config, checkpoint } = context;
    const verification = await withExecutable(input, context, async (executable) => {
      if (!executable.run) return undefined;
      const batches = await comparedBatches(await taskDataset(context, input.task), input.task, config.export.verifyImages);
      const session = await createOnnxSession(input.onnx.bytes);
      try {
        const run = ({ images, count }: Batch) => session.run(images, count);
        const reference = await collectLogits(batches, run, checkpoint.part('onnx'));
        const ofCode = ({ images, count }: Batch) => executable.run!(images, count);
        const outputs = await collectLogits(batches, ofCode, checkpoint.part('code'));
        return compareOutputs(outputs, reference, input.network.classes.length);
      } finally {
        await session.dispose();
      }
    });
    if (!target.build) context.report(messages.notRunHere(target.name));
    // Written so that NaN fails, too.
    if (verification && !(verification.relativeError <= allowedRelativeError)) {
      throw new DiagnosticError([
        messages.outputsDiffer(target.name, verification.relativeError, allowedRelativeError, verification.images),
      ]);
    }
    return { ...input, verification };
  },
});
