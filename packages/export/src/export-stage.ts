// Stage 5: the trained network folded, written as ONNX and compared with itself on real images.
import { definePart, definePass, definePlugin } from '@nasc/core';
import type { ConsumedArtifacts, FoldedNetwork } from '@nasc/core';
import { foldBatchNorm, removeDeadOps } from '@nasc/transforms';
import { verifyOnnxPass } from './verify-onnx-pass.ts';
import { writeOnnxPass } from './write-onnx-pass.ts';

/** Leaves accuracy and history behind: what follows needs the graph and its weights. */
const takeNetwork = definePass({
  name: 'takeNetwork',
  run: ({ derived: { graph, weights } }: ConsumedArtifacts<'derived'>): FoldedNetwork => ({ graph, weights }),
});

export const exportStage = definePlugin({
  name: 'stage-export',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'export',
        name: 'fold',
        consumes: ['derived'],
        produces: 'folded',
        per: 'network',
        dependsOn: [],
        reads: () => ({}),
        passes: [takeNetwork, foldBatchNorm, removeDeadOps],
      }),
    );
    api.addPart(
      definePart({
        stage: 'export',
        name: 'onnx',
        consumes: ['folded', 'derived', 'searchSpace', 'architecture', 'costModel'],
        produces: 'onnx',
        per: 'network',
        dependsOn: ['data'],
        reads: (config) => ({ ...config.export, seed: config.seed }),
        passes: [writeOnnxPass, verifyOnnxPass],
      }),
    );
  },
});
