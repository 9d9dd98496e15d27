// The C text of the plain kernels that a program calls.
import type { ProgramCall } from './program.ts';
import { selectFunctions } from './select-functions.ts';

/** Sources of the plain kernels that are called, each without what it does not need; `prelude` goes in front of them. */
export const kernelSources = (calls: readonly ProgramCall[]): readonly string[] => {
  const kernels = new Map<string, Set<string>>();
  for (const call of calls) {
    if (call.kind !== 'plain') continue;
    const used = kernels.get(call.source) ?? new Set();
    kernels.set(call.source, used.add(call.kernel));
  }
  return [...kernels].map(([source, used]) => selectFunctions(source, used));
};
