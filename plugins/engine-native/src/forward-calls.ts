// Forward calls of a unit, and copies of its batch statistics to where they outlive the step.
import { parameterId } from '@nasc/ir';
import { elementwise } from './call.ts';
import type { BufferId, Call } from './call.ts';
import { batchStatisticBuffer } from './program-memory.ts';
import { runningMean, runningVariance } from './unit.ts';
import type { ForwardMode, Unit } from './unit.ts';

/** `collect`: for a recalibration. */
export const forwardCalls = (unit: Unit, batch: number, mode: ForwardMode, collect: boolean): readonly Call[] => {
  if (!collect) return unit.forward(mode);
  const copies = unit.statistics.flatMap(({ node, channels, mean, variance }) => {
    const copy = (from: BufferId, statistic: string) =>
      elementwise('nasc_copy', [from, batchStatisticBuffer(parameterId(node, statistic))], batch, channels);
    return [copy(mean, runningMean), copy(variance, runningVariance)];
  });
  return [...unit.forward(mode), ...copies];
};
