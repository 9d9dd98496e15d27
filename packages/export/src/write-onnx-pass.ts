// Pass `writeOnnx`: the folded network becomes the bytes of an ONNX file.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext } from '@nasc/core';
import { writeOnnx } from '@nasc/onnx';
import { describeModel } from './describe-model.ts';

export type ExportInputs = ConsumedArtifacts<'architecture' | 'costModel' | 'derived' | 'folded' | 'searchSpace'>;

export interface WrittenModel extends ExportInputs {
  readonly bytes: Uint8Array;
}

export const writeOnnxPass = definePass({
  name: 'writeOnnx',
  run(input: ExportInputs, { config, inputHashes, registry, target }: PassContext): WrittenModel {
    const { folded, searchSpace } = input;
    const { opset, dynamicBatch } = config.export;
    const bytes = writeOnnx(folded.graph, folded.weights, registry.ops, {
      name: `${searchSpace.name}-${target.name}`,
      opset,
      dynamicBatch,
      metadata: describeModel({ ...input, costModelHash: inputHashes.costModel!, seed: config.seed }),
    });
    return { ...input, bytes };
  },
});
