// The passes of the stage: measure, predict, check.
import { definePass, measureContext } from '@nasc/core';
import type { CostModel, LatencyModel, PassContext, PredictedSpace, PredictorRequest, Profile, SearchSpaceArtifact } from '@nasc/core';
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import { crossValidate, describeSpace, measureIsolated, measureSpace, mergeProfiles, readProfile } from '@nasc/profile';
import { checkCostModel } from './check-cost-model.ts';
import { messages } from './messages.ts';

export interface MeasuredSpace {
  readonly searchSpace: SearchSpaceArtifact;
  readonly request: PredictorRequest;
}

export interface PredictedCosts {
  readonly searchSpace: SearchSpaceArtifact;
  readonly space: PredictedSpace;
  readonly costModel: CostModel;
}

const measureTarget = async (searchSpace: SearchSpaceArtifact, space: PredictedSpace, context: PassContext): Promise<Profile> => {
  const { target, checkpoint, config } = context;
  const finished = checkpoint.part('finished');
  const before = await finished.resume<Profile>();
  if (before) return before;
  if (!target.timer) throw new DiagnosticError([messages.cannotMeasure(target.name)]);
  const predictor = context.latencyPredictor();
  const { method, seconds, networks: wanted } = config.annotate;
  const measuring = measureContext(context, 'networks');
  const timer = await target.timer(searchSpace.graph, measuring);
  try {
    const measured = { target, device: await target.device(), timer };
    const here = { ...measuring, checkpoint: checkpoint.part('measuring') };
    if (method === 'isolated') {
      if (!timer.timeAlone) throw new DiagnosticError([messages.notAlone(target.name)]);
      const profile = await measureIsolated(space, measured, here);
      await finished.store(profile);
      return profile;
    }
    const { blocks, networks } = predictor.needs;
    if (blocks && (!timer.seesBlocks || method === 'whole'))
      throw new DiagnosticError([messages.seesNoBlocks(target.name, predictor.name)]);
    const profile = await measureSpace(
      space,
      measured,
      { blocks: timer.seesBlocks && networks === undefined && method === 'in-place', networks: wanted ?? networks, seconds },
      here,
    );
    await finished.store(profile);
    return profile;
  } finally {
    await timer.dispose();
  }
};

/** What is known of the device: what its target knows, what a given profile of it says, or what is measured now, once. Throws ANNOTATE_TARGET_CANNOT_MEASURE. */
export const measureBlocksPass = definePass({
  name: 'measureBlocks',
  async run({ searchSpace }: { readonly searchSpace: SearchSpaceArtifact }, context: PassContext): Promise<MeasuredSpace> {
    const { target, config, folder, registry } = context;
    const space = describeSpace(searchSpace.name, searchSpace.graph, registry.ops);
    const given = config.annotate.profiles.map((file) => readProfile(file, folder));
    const { id } = await target.device();
    const own = given.filter(({ device }) => device.id === id);
    const profile = target.profile ?? (own.length > 0 ? mergeProfiles(own) : await measureTarget(searchSpace, space, context));
    return { searchSpace, request: { space, profile, others: given.filter(({ device }) => device.id !== id), seed: config.seed } };
  },
});

/** Turns what is known into costs, by the configured latency predictor, and tells how well it predicts networks that it has not seen. */
export const predictLatency = definePass({
  name: 'predictLatency',
  run({ searchSpace, request }: MeasuredSpace, context: PassContext): PredictedCosts {
    const predictor = context.latencyPredictor();
    const model: LatencyModel = predictor.fit(request);
    const { space, profile } = request;
    const accuracy = crossValidate(predictor, request);
    return { searchSpace, space, costModel: { target: context.target.name, predictor: predictor.name, profile, ...model, accuracy } };
  },
});

/** Ends the stage with LATENCY_MISSING or LATENCY_INVALID, all at once, unless every value is there. */
export const checkCosts = definePass({
  name: 'checkCosts',
  run({ space, costModel }: PredictedCosts): CostModel {
    throwIfErrors(checkCostModel(space, costModel));
    return costModel;
  },
});
