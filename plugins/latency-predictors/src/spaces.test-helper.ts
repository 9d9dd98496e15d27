// Real spaces, as profiles know them.
import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import type { LatencyModel, PredictedSpace, PredictorRequest, Profile } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { expandSpace } from '@nasc/expand';
import { lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { describeSpace, predictNetworks } from '@nasc/profile';
import type { PredictedNetwork } from '@nasc/profile';
import { mobileSmall, proxylessImagenet } from '@nasc/spaces';
import { measureNetworks } from './synthetic-device.test-helper.ts';
import type { SyntheticDevice } from './synthetic-device.test-helper.ts';

const ops = { ...lookupOf(primitiveOps), require: (name: string) => lookupOf(primitiveOps).get(name)! };

const describe = (space: UserSpace, size: number, channels: number, classes: number): PredictedSpace =>
  describeSpace(
    space.name,
    expandSpace(validateSpace(space, space.name), { inputShape: [size, size, channels], classes }, { ops, macros: lookupOf(macros) }),
    ops,
  );

export const smallSpace = (size = 28): PredictedSpace => describe(mobileSmall, size, 1, 10);
export const publishedSpace = (size = 224): PredictedSpace => describe(proxylessImagenet, size, 3, 1000);

export const requestOf = (profile: Profile, space: PredictedSpace, others: readonly Profile[] = []): PredictorRequest => ({
  space,
  profile,
  others,
  seed: 0,
});

/** Networks that no profile of these tests holds, as they are predicted and measured. */
export const predictFurther = (
  model: LatencyModel,
  device: SyntheticDevice,
  space: PredictedSpace,
  networks = 500,
): readonly PredictedNetwork[] => predictNetworks(model, measureNetworks(device, space, { networks, seed: 99, blocks: false }), {});

/** Root mean square of predicted / measured - 1. */
export const rmspe = (pairs: readonly PredictedNetwork[]): number =>
  Math.sqrt(pairs.reduce((sum, { predictedMs, measuredMs }) => sum + (predictedMs / measuredMs - 1) ** 2, 0) / pairs.length);

export const shareWithin = (pairs: readonly PredictedNetwork[], bound: number): number =>
  pairs.filter(({ predictedMs, measuredMs }) => Math.abs(predictedMs / measuredMs - 1) <= bound).length / pairs.length;

/** The text of what is thrown. */
export const failureOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
