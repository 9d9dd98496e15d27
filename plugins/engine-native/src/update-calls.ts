// The optimizer's calls: one for every range of parameters of regions that took part.
import type { SgdOptions } from '@nasc/core';
import { elementwise, lineBytes } from './call.ts';
import type { Call } from './call.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import type { ProgramMemory } from './program-memory.ts';

export const updateCalls = (
  layout: ParameterLayout,
  regions: ReadonlySet<string>,
  { trainable, gradients, momentum }: Pick<ProgramMemory, 'trainable' | 'gradients' | 'momentum'>,
  optimizer: SgdOptions,
): readonly Call[] => {
  const calls: Call[] = [];
  for (const region of regions) {
    // Neighbouring ranges with the same decay are updated in one call.
    const merged: { line: number; lines: number; decay: number }[] = [];
    for (const { role, line, lines } of layout.ranges.get(region) ?? []) {
      const decay = role !== 'statistic' && optimizer.decayRoles.includes(role) ? optimizer.weightDecay : 0;
      const last = merged.at(-1);
      if (last && last.decay === decay && last.line + last.lines === line) last.lines += lines;
      else merged.push({ line, lines, decay });
    }
    for (const { line, lines, decay } of merged) {
      const tensors = [trainable, gradients, momentum].map((area) => `#${area.line + line}`);
      const scalars = [optimizer.learningRate, optimizer.momentum, decay];
      calls.push(elementwise('nasc_sgd', tensors, 1, (lines * lineBytes) / 4, scalars, [optimizer.nesterov ? 1 : 0]));
    }
  }
  return calls;
};
