// The optimizer's calls: one for every range of parameters that lie together and have the same decay.
import type { SgdOptions } from '@nasc/core';
import { elementwise, lineBytes, linesOf } from './call.ts';
import type { Call } from './call.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import { engineBuffers } from './program-memory.ts';
import type { ProgramMemory } from './program-memory.ts';

/** What is the same in every step; rate, momentum, decay and that of an average are values in memory. */
export type UpdateRule = Pick<SgdOptions, 'nesterov' | 'decayRoles' | 'averageDecay'>;

export const ruleKey = ({ nesterov, decayRoles, averageDecay }: UpdateRule): string =>
  `${nesterov}|${decayRoles.toSorted().join('+')}|${averageDecay !== undefined}`;

/** `parameters` by line; `gradientLine` says where their gradients are. */
export const updateCalls = (
  parameters: readonly PlacedParameter[],
  gradientLine: (parameter: PlacedParameter) => number,
  { trainable, momentum, average }: Pick<ProgramMemory, 'trainable' | 'momentum' | 'average'>,
  { nesterov, decayRoles, averageDecay }: UpdateRule,
): readonly Call[] => {
  const ranges: { readonly line: number; readonly gradient: number; readonly decays: boolean; lines: number }[] = [];
  for (const parameter of parameters) {
    const { spec, line, floats } = parameter;
    const gradient = gradientLine(parameter);
    const decays = spec.role !== 'statistic' && decayRoles.includes(spec.role);
    const last = ranges.at(-1);
    if (last && last.decays === decays && last.line + last.lines === line && last.gradient + last.lines === gradient)
      last.lines += linesOf(floats);
    else ranges.push({ line, gradient, decays, lines: linesOf(floats) });
  }
  const averages = averageDecay !== undefined;
  return ranges.map(({ line, gradient, decays, lines }) => {
    const tensors = [`#${trainable.line + line}`, `#${gradient}`, `#${momentum.line + line}`, engineBuffers.optimizer];
    if (averages) tensors.push(`#${average.line + line}`);
    return elementwise('nasc_sgd', tensors, 1, (lines * lineBytes) / 4, [], [nesterov ? 1 : 0, decays ? 1 : 0, averages ? 1 : 0]);
  });
};
