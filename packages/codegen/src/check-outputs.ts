// Builds the code and compares its logits with ONNX Runtime's on real test images.
import { definePass } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { compareOutputs, createOnnxSession } from '@nasc/onnx';
import type { CheckedNetwork, EmittedNetwork } from './generated.ts';
import { messages } from './messages.ts';
import { testImages } from './test-images.ts';
import { withExecutable } from './with-executable.ts';

/** Largest ||code - ONNX Runtime|| / ||ONNX Runtime|| over the logits of all images. */
export const allowedRelativeError = 1e-3;

/** Throws CODEGEN_OUTPUTS_DIFFER. */
export const checkOutputs = definePass({
  name: 'checkOutputs',
  async run(input: EmittedNetwork, context): Promise<CheckedNetwork> {
    const { target, config } = context;
    const verification = await withExecutable(input, context, async (executable) => {
      const { images, count } = await testImages(await context.dataset(), input.task, config.export.verifyImages);
      const session = await createOnnxSession(input.onnx.bytes);
      try {
        const reference = await session.run(images, count);
        return compareOutputs(await executable.run(images, count), reference, input.network.classes.length);
      } finally {
        await session.dispose();
      }
    });
    if (!verification) context.report(messages.notRunHere(target.name));
    // Written so that NaN fails, too.
    else if (!(verification.relativeError <= allowedRelativeError)) {
      throw new DiagnosticError([
        messages.outputsDiffer(target.name, verification.relativeError, allowedRelativeError, verification.images),
      ]);
    }
    return { ...input, verification };
  },
});
