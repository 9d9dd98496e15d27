// The passes of the stage: measure, predict, check.
import { definePass, measureContext } from '@nasc/core';
import type { BlockLatencies, CostModel, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import { checkCostModel } from './check-cost-model.ts';
import { messages } from './messages.ts';

export interface MeasuredSpace {
  readonly searchSpace: SearchSpaceArtifact;
  readonly measured: BlockLatencies;
}

export interface PredictedSpace {
  readonly searchSpace: SearchSpaceArtifact;
  readonly costModel: CostModel;
}

/** Times every candidate of the space on the target, once. Throws ANNOTATE_TARGET_CANNOT_MEASURE. */
export const measureBlocksPass = definePass({
  name: 'measureBlocks',
  async run({ searchSpace }: { readonly searchSpace: SearchSpaceArtifact }, context: PassContext): Promise<MeasuredSpace> {
    const { target, checkpoint } = context;
    const finished = checkpoint.part('finished');
    const before = await finished.resume<BlockLatencies>();
    if (before) return { searchSpace, measured: before };
    if (!target.measureBlocks) throw new DiagnosticError([messages.cannotMeasure(target.name)]);
    const measured = await target.measureBlocks(searchSpace.graph, {
      ...measureContext(context, 'networks'),
      checkpoint: checkpoint.part('measuring'),
    });
    await finished.store(measured);
    return { searchSpace, measured };
  },
});

/** Turns what was measured into costs, by the configured latency predictor. */
export const predictLatency = definePass({
  name: 'predictLatency',
  run({ searchSpace, measured }: MeasuredSpace, context: PassContext): PredictedSpace {
    const { choices, fixed } = context.latencyPredictor().predict(searchSpace.graph, measured);
    return { searchSpace, costModel: { target: context.target.name, measured, choices, fixed } };
  },
});

/** Ends the stage with LATENCY_MISSING or LATENCY_INVALID, all at once, unless every value is there. */
export const checkCosts = definePass({
  name: 'checkCosts',
  run({ searchSpace, costModel }: PredictedSpace): CostModel {
    throwIfErrors(checkCostModel(searchSpace.graph, costModel));
    return costModel;
  },
});
