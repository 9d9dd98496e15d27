// How predictions compare with measurements of whole networks that the predictor had not seen.
import type { LatencyModel, PredictionAccuracy, ProfiledNetwork, ProfiledSpace } from '@nasc/core';
import { normalised } from '../table/block-table.ts';
import { isInside } from './conformal-interval.ts';
import { kendallTau } from './kendall-tau.ts';

/** A network's latency as it is predicted and as it was measured, ms. */
export interface PredictedNetwork {
  readonly predictedMs: number;
  readonly measuredMs: number;
}

/** Latency of one image, ms: everything fixed, and the candidates. */
export const predictNetwork = ({ choices, fixed }: Pick<LatencyModel, 'choices' | 'fixed'>, network: readonly number[]): number =>
  Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0) +
  network.reduce((sum, candidate, choice) => sum + choices[choice]![candidate]!.ms, 0);

/** `space` gives the usual speed that measurements are normalised to. */
export const predictNetworks = (
  model: Pick<LatencyModel, 'choices' | 'fixed'>,
  networks: readonly ProfiledNetwork[],
  space: Pick<ProfiledSpace, 'reference'>,
): readonly PredictedNetwork[] =>
  networks.map((network) => ({
    predictedMs: predictNetwork(model, network.choices),
    measuredMs: normalised(network.ms, network, space),
  }));

export const ratioOf = ({ predictedMs, measuredMs }: PredictedNetwork): number => measuredMs / predictedMs;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Errors = Pick<PredictionAccuracy, 'rmspe' | 'bias' | 'within5' | 'within10' | 'kendallTau'>;

export const errorsOf = (pairs: readonly PredictedNetwork[]): Errors => {
  const errors = pairs.map(({ predictedMs, measuredMs }) => predictedMs / measuredMs - 1);
  const shareWithin = (bound: number) => mean(errors.map((error) => (Math.abs(error) <= bound ? 1 : 0)));
  return {
    rmspe: Math.sqrt(mean(errors.map((error) => error * error))),
    bias: mean(errors),
    within5: shareWithin(0.05),
    within10: shareWithin(0.1),
    kendallTau: kendallTau(
      pairs.map(({ predictedMs }) => predictedMs),
      pairs.map(({ measuredMs }) => measuredMs),
    ),
  };
};

/** Of networks that were kept apart from the beginning: neither the model nor `interval` has seen them. */
export const assessHeldOut = (
  pairs: readonly PredictedNetwork[],
  interval: PredictionAccuracy['interval'],
  repeatNoise: number | undefined,
): PredictionAccuracy => ({
  networks: pairs.length,
  method: 'held out',
  ...errorsOf(pairs),
  interval,
  coverage: mean(pairs.map((pair) => (isInside(interval, ratioOf(pair)) ? 1 : 0))),
  repeatNoise,
});
