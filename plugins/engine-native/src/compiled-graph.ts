// A graph made ready to run: regions, parameter layout, arena, and the words of every piece of a step, made once.
import type { CompileOptions } from '@nasc/core';
import type { Graph, NodeId } from '@nasc/ir';
import { elementCount } from '@nasc/ir';
import { backwardFlow } from './backward-flow.ts';
import { planArena } from './arena-plan.ts';
import type { ArenaPlan } from './arena-plan.ts';
import { planCandidate } from './candidate-plan.ts';
import type { CandidatePlan } from './candidate-plan.ts';
import { layOutParameters } from './parameter-layout.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import { lowerRegion } from './lower-region.ts';
import type { LoweredRegion } from './lower-region.ts';
import { cutGraph } from './region.ts';
import type { CutGraph, Region } from './region.ts';
import { planUpdates } from './update-plan.ts';
import type { UpdatePlan } from './update-plan.ts';

export interface CompiledGraph {
  readonly cut: CutGraph;
  readonly layout: ParameterLayout;
  readonly updates: UpdatePlan;
  readonly arena: ArenaPlan;
  /** By choice and candidate. */
  readonly candidatePlans: readonly (readonly CandidatePlan[])[];
  /** Largest number of images in a step. */
  readonly batchSize: number;
  readonly classes: number;
  /** Floats of one image. */
  readonly imageFloats: number;
  /** A region lowered for so many images. */
  lower(region: Region, batch: number): LoweredRegion;
  /** Id of a candidate's output. */
  outputOf(choice: number, candidate: number): NodeId;
}

/** Whether a mixture's outputs are kept apart, because several may be mixed. */
export const keepsOutputs = (activePaths: CompileOptions['activePaths']): boolean => activePaths !== 1;

export const compileGraph = (graph: Graph, { ops, patterns, batchSize, activePaths }: CompileOptions): CompiledGraph => {
  const cut = cutGraph(graph);
  const choiceNumbers = new Map<NodeId, number>(cut.choices.map(({ node }, index) => [node.id, index]));
  const cache = new Map<Region, Map<number, LoweredRegion>>();
  const lower = (region: Region, batch: number): LoweredRegion => {
    let ofRegion = cache.get(region);
    if (!ofRegion) cache.set(region, (ofRegion = new Map()));
    let lowered = ofRegion.get(batch);
    if (!lowered) {
      lowered = lowerRegion(region, batch, { ops, patterns, batchSize }, choiceNumbers);
      ofRegion.set(batch, lowered);
      // Memory was planned for the full batch.
      if (batch < batchSize)
        for (const [id, floats] of lower(region, batchSize).floats)
          if (lowered.floats.get(id)! > floats) throw new Error(`Buffer "${id}" is larger for ${batch} images than for ${batchSize}.`);
    }
    return lowered;
  };
  const candidatePlans = cut.choices.map(({ candidates }) =>
    candidates.map((candidate) => planCandidate(lower(candidate, batchSize), keepsOutputs(activePaths))),
  );
  const { trunk } = cut;
  if (trunk.inputs.length !== 1) throw new Error(`A graph to train has one input, not ${trunk.inputs.length}.`);
  const loweredTrunk = lower(trunk, batchSize);
  const layout = layOutParameters(cut, ops);
  return {
    cut,
    layout,
    updates: planUpdates(cut, loweredTrunk, backwardFlow(loweredTrunk, true, new Set(), new Set()), layout),
    arena: planArena(loweredTrunk, candidatePlans, activePaths),
    candidatePlans,
    batchSize,
    classes: elementCount(trunk.types.get(trunk.output)!.shape),
    imageFloats: elementCount(trunk.inputs[0]!.type.shape),
    lower,
    outputOf: (choice, candidate) => lower(cut.choices[choice]!.candidates[candidate]!, batchSize).output,
  };
};
