// A predictor tested on the networks of its own profile: each is predicted by a fit that has not seen it.
import type { LatencyPredictor, PredictionAccuracy, PredictorRequest, Profile, ProfiledSpace } from '@nasc/core';
import { findSpace } from '../keys/match-space.ts';
import { summariseBlocks } from '../table/summarise-blocks.ts';
import { errorsOf, predictNetworks, ratioOf } from './assess-predictions.ts';
import type { PredictedNetwork } from './assess-predictions.ts';
import { conformalInterval, isInside } from './conformal-interval.ts';
import { drawFolds } from './folds.ts';

const defaultFolds = 10;
/** Of the intervals. */
const confidence = 0.9;
/** Fewer networks tell neither an error nor an interval. */
const leastNetworks = 10;
/** Of so many networks the share that lies in intervals of 90 % has a standard error of 3 points; of fewer it tells nothing. */
const leastForCoverage = 100;

/**
 * The profile as if only `networks` of the space had been measured: latencies by key of the blocks that were timed in them are made anew.
 * Those of other blocks come from elsewhere, as `networks` hold every candidate that any network holds (`drawFolds`).
 */
const restricted = (
  { profile, space: { blocks } }: PredictorRequest,
  space: ProfiledSpace,
  networks: ProfiledSpace['networks'],
): Profile => {
  const fewer = { ...space, networks };
  return {
    ...profile,
    blocks: { ...profile.blocks, ...summariseBlocks(fewer, blocks) },
    spaces: profile.spaces.map((other) => (other === space ? fewer : other)),
  };
};

interface HeldOut extends PredictedNetwork {
  readonly fold: number;
}

/**
 * Undefined where fewer than ten networks of the space can be held out. The interval is that of errors of all folds; its coverage that of
 * intervals which are made of the other folds' errors. Throws what the predictor throws.
 */
export const crossValidate = (
  predictor: Pick<LatencyPredictor, 'fit'>,
  request: PredictorRequest,
  { folds = defaultFolds }: { readonly folds?: number } = {},
): PredictionAccuracy | undefined => {
  const { profile, space, seed } = request;
  const profiled = findSpace(profile, space);
  if (!profiled) return undefined;
  const { networks } = profiled;
  const foldOf = drawFolds(networks, folds, seed);
  if (foldOf.filter((fold) => fold >= 0).length < leastNetworks) return undefined;
  const pairs = Array.from({ length: folds }, (_, fold): readonly HeldOut[] => {
    const heldOut = networks.filter((_network, index) => foldOf[index] === fold);
    if (heldOut.length === 0) return [];
    const training = networks.filter((_network, index) => foldOf[index] !== fold);
    const model = predictor.fit({ ...request, profile: restricted(request, profiled, training) });
    return predictNetworks(model, heldOut, profiled).map((pair) => ({ ...pair, fold }));
  }).flat();
  const intervalOf = (some: readonly HeldOut[]) => conformalInterval(some.map(ratioOf), confidence);
  const intervals = Array.from({ length: folds }, (_, fold) => intervalOf(pairs.filter((pair) => pair.fold !== fold)));
  const covered = pairs.filter((pair) => isInside(intervals[pair.fold]!, ratioOf(pair)));
  return {
    networks: pairs.length,
    method: 'cross-validation',
    ...errorsOf(pairs),
    interval: intervalOf(pairs),
    coverage: pairs.length >= leastForCoverage ? covered.length / pairs.length : undefined,
    repeatNoise: profiled.reference?.noise,
  };
};
