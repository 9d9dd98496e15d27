// Stage 6: code for the target, checked against ONNX Runtime on real images, evaluated and timed.
import { definePart, definePlugin } from '@nasc/core';
import { checkOutputs } from './check-outputs.ts';
import { emitCode } from './emit-code.ts';
import { evaluateCode } from './evaluate-code.ts';
import { legalizeNetwork } from './legalize-network.ts';
import { timeCode } from './time-code.ts';

export const codegenStage = definePlugin({
  name: 'stage-codegen',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'codegen',
        name: 'codegen',
        consumes: ['folded', 'onnx', 'searchSpace'],
        produces: 'files',
        per: 'network',
        dependsOn: ['device', 'data'],
        reads: ({ export: { verifyImages }, seed }) => ({ verifyImages, seed }),
        passes: [legalizeNetwork, emitCode, checkOutputs, evaluateCode, timeCode],
      }),
    );
  },
});
