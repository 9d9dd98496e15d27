// Pass `verifyOnnx`: real test images through the ONNX model, and through the trained network before folding on the
// training engine. What passes has been folded and written right.
import { definePass, singlePath, taskDataset, withProgram } from '@nasc/core';
import type { DerivedNetwork, OnnxModel, PassContext, TaskDescription } from '@nasc/core';
import { evaluationBatches, oneHotTargets } from '@nasc/data';
import type { Batch } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { collectLogits, compareOutputs, createOnnxSession } from '@nasc/onnx';
import { findMismatch } from './find-mismatch.ts';
import { messages } from './messages.ts';
import type { WrittenModel } from './write-onnx-pass.ts';

/** ||onnx - engine|| / ||engine|| over all logits, above which the model is refused. */
export const acceptedError = 1e-3;

const batchSize = 64;

/** The first `count` test images. */
const readBatches = async (task: TaskDescription, count: number, context: PassContext): Promise<readonly Batch[]> => {
  const { test } = await taskDataset(context, task);
  const indices = Uint32Array.from({ length: Math.min(count, test.count) }, (_, index) => index);
  const batches: Batch[] = [];
  for await (const batch of evaluationBatches({ split: test, indices }, { batchSize, normalisation: task.normalisation }))
    batches.push(batch);
  return batches;
};

/** Logits [N, classes] of the trained network, with its running statistics. */
const engineLogits = (
  { graph, weights }: DerivedNetwork,
  classes: number,
  batches: readonly Batch[],
  context: PassContext,
): Promise<Float32Array> =>
  withProgram(context, { graph, parameters: weights, activePaths: 1, batchSize }, (program) => {
    const run = async ({ count, images, labels }: Batch) =>
      (await program.evaluate({ count, images, targets: oneHotTargets(labels, classes) }, singlePath([]), 'running')).logits;
    return collectLogits(batches, run, context.checkpoint.part('engine'));
  });

const onnxLogits = async (bytes: Uint8Array, batches: readonly Batch[], { checkpoint }: PassContext): Promise<Float32Array> => {
  const session = await createOnnxSession(bytes);
  try {
    return await collectLogits(batches, ({ images, count }) => session.run(images, count), checkpoint.part('onnx'));
  } finally {
    await session.dispose();
  }
};

/** Index of the image on which two sets of logits are furthest apart; one with a NaN before all others. */
const worstImage = (outputs: Float32Array, reference: Float32Array, classes: number): number => {
  let worst = 0;
  let largest = -1;
  for (let i = 0; i < outputs.length; i++) {
    const difference = Math.abs(outputs[i]! - reference[i]!);
    if (Number.isNaN(difference)) return Math.floor(i / classes);
    if (difference > largest) [largest, worst] = [difference, Math.floor(i / classes)];
  }
  return worst;
};

/** Throws ONNX_MISMATCH, with the first node that differs where that can be found out. */
export const verifyOnnxPass = definePass({
  name: 'verifyOnnx',
  async run({ bytes, derived, folded, searchSpace }: WrittenModel, context: PassContext): Promise<OnnxModel> {
    const { task } = searchSpace;
    const { opset, verifyImages } = context.config.export;
    const classes = task.classes.length;
    const batches = await readBatches(task, verifyImages, context);
    context.progress(0, 2, 'models', 'training engine');
    const reference = await engineLogits(derived, classes, batches, context);
    context.progress(1, 2, 'models', 'ONNX Runtime');
    const outputs = await onnxLogits(bytes, batches, context);
    context.progress(2, 2, 'models');

    const verification = compareOutputs(outputs, reference, classes);
    // NaN is no agreement.
    if (!(verification.relativeError <= acceptedError)) {
      const worst = worstImage(outputs, reference, classes);
      const { images, count } = batches[Math.floor(worst / batchSize)]!;
      const size = images.length / count;
      const image = images.slice((worst % batchSize) * size, ((worst % batchSize) + 1) * size);
      const { registry, cacheFolder } = context;
      const cause = await findMismatch({ derived, folded, ops: registry.ops, opset, image, limit: acceptedError, cacheFolder });
      throw new DiagnosticError([messages.mismatch(verification, acceptedError, cause)]);
    }
    return { bytes, opset, verification };
  },
});
