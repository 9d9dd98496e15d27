// Makes the folded network fit the target: the target's own graph-to-graph passes, in order.
import { definePass, legalize } from '@nasc/core';
import type { ConsumedArtifacts } from '@nasc/core';
import type { DeployedNetwork } from './generated.ts';

/** Characters that file and C names cannot hold become underscores. */
const networkName = (space: string, dataset: string): string => `${space}_${dataset}`.replaceAll(/[^A-Za-z0-9_]+/g, '_');

export const legalizeNetwork = definePass({
  name: 'legalizeNetwork',
  async run({ folded, onnx, searchSpace }: ConsumedArtifacts<'folded' | 'onnx' | 'searchSpace'>, context): Promise<DeployedNetwork> {
    const graph = await legalize(folded.graph, context);
    const { name, task } = searchSpace;
    const { classes, normalisation } = task;
    return { network: { name: networkName(name, task.dataset), graph, weights: folded.weights, classes, normalisation }, onnx, task };
  },
});
