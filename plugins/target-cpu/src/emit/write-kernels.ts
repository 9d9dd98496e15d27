// The kernels of a set of calls as one C header: shared inline functions, specialised functions, plain kernels.
import { kernelHeader, kernelSources, prelude, vectorFlags } from '@nasc/c-emit';
import type { ProgramCall, VectorWidth } from '@nasc/c-emit';
import { fileComment } from './emission.ts';

/** Text of the kernels; `specialised` false leaves out the functions of single shapes. */
export const writeKernels = (calls: readonly ProgramCall[], vectorWidth: VectorWidth, specialised = true): string => {
  const fused = new Map(calls.filter((call) => call.kind === 'fused').map(({ kernel }) => [kernel.name, kernel]));
  const headers = fused.size > 0 ? ['inference-vector.h', ...new Set([...fused.values()].flatMap((kernel) => kernel.headers))] : [];
  const plain = kernelSources(calls);
  return [
    fileComment('Kernels of the network.'),
    `#ifndef NASC_LANES\n#define NASC_LANES ${vectorFlags[vectorWidth].lanes}\n#endif`,
    ...headers.map((header) => kernelHeader(header).trimEnd()),
    ...(plain.length > 0 ? [prelude.trimEnd(), ...plain] : []),
    ...(specialised ? [...fused.values()].map(({ source }) => source) : []),
    '',
  ].join('\n\n');
};
