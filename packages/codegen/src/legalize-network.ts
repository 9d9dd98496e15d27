// Makes the folded network fit the target: the target's own graph-to-graph passes, in order.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts } from '@nasc/core';
import type { DeployedNetwork } from './generated.ts';

/** Characters that file and C names cannot hold become underscores. */
const networkName = (space: string, dataset: string): string => `${space}_${dataset}`.replaceAll(/[^A-Za-z0-9_]+/g, '_');

export const legalizeNetwork = definePass({
  name: 'legalizeNetwork',
  async run({ folded, onnx, searchSpace }: ConsumedArtifacts<'folded' | 'onnx' | 'searchSpace'>, context): Promise<DeployedNetwork> {
    let { graph } = folded;
    for (const pass of context.target.legalize) graph = await pass.run(graph, context);
    const { name, task } = searchSpace;
    const { classes, normalisation } = task;
    return { network: { name: networkName(name, task.dataset), graph, weights: folded.weights, classes, normalisation }, onnx, task };
  },
});
