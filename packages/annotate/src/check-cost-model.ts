// A cost model is complete and sane, or the stage ends: no latency is ever made up.
import type { CostModel, LatencyValue, PredictedSpace } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { latencyMissing } from '@nasc/profile';
import { messages } from './messages.ts';

/** What is missing (`choice/candidate`, or a unit) and what is no latency, each in one diagnostic. */
export const checkCostModel = (
  space: PredictedSpace,
  { target, profile, choices, fixed }: Pick<CostModel, 'target' | 'profile' | 'choices' | 'fixed'>,
): readonly Diagnostic[] => {
  const values: readonly (readonly [key: string, value: LatencyValue | undefined])[] = [
    ...space.choices.flatMap(({ id, candidates }, choice) =>
      candidates.map(({ name }, candidate) => [`${id}/${name}`, choices[choice]?.[candidate]] as const),
    ),
    ...space.fixed.map(({ id }) => [id, fixed[id]] as const),
  ];
  const missing = values.flatMap(([key, value]) => (value ? [] : [key]));
  const invalid = values.flatMap(([key, value]) => (value && !(Number.isFinite(value.ms) && value.ms >= 0) ? [{ key, ms: value.ms }] : []));
  return [
    ...(missing.length > 0 ? [latencyMissing(profile, space.name, missing)] : []),
    ...(invalid.length > 0 ? [messages.invalid(target, invalid)] : []),
  ];
};
