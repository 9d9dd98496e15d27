// Pass `writeOnnx`: the folded network becomes the bytes of an ONNX file.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext } from '@nasc/core';
import type { Group } from '@nasc/ir';
import { writeOnnx } from '@nasc/onnx';

export type ExportInputs = ConsumedArtifacts<'derived' | 'folded' | 'searchSpace'>;

export interface WrittenModel extends ExportInputs {
  readonly bytes: Uint8Array;
}

const describeGroup = ({ id, macro, attributes, shortcut }: Group) => ({ id, macro, ...attributes, ...(shortcut && { shortcut }) });

export const writeOnnxPass = definePass({
  name: 'writeOnnx',
  run(input: ExportInputs, { config, registry, target }: PassContext): WrittenModel {
    const { folded, searchSpace } = input;
    const { classes, dataset, normalisation, evaluationCrop } = searchSpace.task;
    const bytes = writeOnnx(folded.graph, folded.weights, registry.ops, {
      name: `${searchSpace.name}-${target.name}`,
      opset: config.export.opset,
      classes,
      normalisation,
      metadata: {
        space: searchSpace.name,
        dataset,
        evaluationCrop: String(evaluationCrop),
        target: target.name,
        blocks: JSON.stringify(folded.graph.groups.map(describeGroup)),
      },
    });
    return { ...input, bytes };
  },
});
