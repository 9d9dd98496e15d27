// A predictor tested on the networks of its own profile: each is predicted by a fit that has not seen it.
import type { LatencyPredictor, PredictionAccuracy, PredictorRequest, Profile, ProfiledSpace } from '@nasc/core';
import { Random } from '@nasc/random';
import { findSpace } from '../keys/match-space.ts';
import { summariseBlocks } from '../table/summarise-blocks.ts';
import { errorsOf, predictNetworks, ratioOf } from './assess-predictions.ts';
import type { PredictedNetwork } from './assess-predictions.ts';
import { conformalInterval, isInside } from './conformal-interval.ts';

const defaultFolds = 10;
/** Of the intervals. */
const confidence = 0.9;
/** Fewer networks tell neither an error nor an interval. */
const leastNetworks = 10;
/** Fewer tell nothing about the share that lies in an interval of 90 %. */
const leastForCoverage = 100;

/** The profile as if only `networks` of the space had been measured. Of a block that none of them holds, what the profile says stays. */
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

const shuffledFolds = (count: number, folds: number, seed: number): readonly number[] => {
  const random = new Random({ seed, stream: 'profile.folds' });
  return Array.from(random.permutation(count), (place) => place % folds);
};

/**
 * Undefined where the profile holds fewer than ten networks of the space. The interval is that of errors of all folds; its coverage that of
 * intervals which are made of the other folds' errors.
 */
export const crossValidate = (
  predictor: Pick<LatencyPredictor, 'fit'>,
  request: PredictorRequest,
  { folds = defaultFolds }: { readonly folds?: number } = {},
): PredictionAccuracy | undefined => {
  const { profile, space, seed } = request;
  const profiled = findSpace(profile, space);
  if (!profiled || profiled.networks.length < leastNetworks) return undefined;
  const { networks } = profiled;
  const foldOf = shuffledFolds(networks.length, folds, seed);
  const pairs: PredictedNetwork[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const training = networks.filter((_, index) => foldOf[index] !== fold);
    const model = predictor.fit({ ...request, profile: restricted(request, profiled, training) });
    const predicted = predictNetworks(model, networks, profiled);
    for (const [index, pair] of predicted.entries()) if (foldOf[index] === fold) pairs[index] = pair;
  }
  const ratios = pairs.map(ratioOf);
  const intervals = Array.from({ length: folds }, (_, fold) =>
    conformalInterval(
      ratios.filter((_ratio, index) => foldOf[index] !== fold),
      confidence,
    ),
  );
  const covered = ratios.filter((ratio, index) => isInside(intervals[foldOf[index]!]!, ratio));
  return {
    networks: networks.length,
    method: 'cross-validation',
    ...errorsOf(pairs),
    interval: conformalInterval(ratios, confidence),
    coverage: networks.length >= leastForCoverage ? covered.length / networks.length : undefined,
    repeatNoise: profiled.reference?.noise,
  };
};
