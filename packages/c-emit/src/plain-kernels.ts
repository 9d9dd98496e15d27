// The plain kernels of a set of ops as a shared library, in float64 or float32, with one function that calls any of them.
import type { OpDefinition } from '@nasc/ir';
import { compile } from './compiler.ts';
import type { PlainValues } from './guarded-memory.ts';
import { prelude } from './prelude.ts';
import { commonFlags, detectVectorWidth, vectorFlags } from './vector-width.ts';

export interface PlainKernels {
  /** Number of a kernel, or undefined when no op's source defines it. */
  number(kernel: string): number | undefined;
  /** Runs work items [first, last) of one call; blocks until it is done. */
  call(
    kernel: number,
    tensors: readonly (PlainValues | Uint32Array)[],
    dims: BigInt64Array,
    scalars: Float64Array,
    first: number,
    last: number,
  ): void;
  unload(): void;
}

const sourceOf = (sources: readonly string[], kernels: readonly string[]): string => `${prelude}
${sources.join('\n')}
void nasc_call(int32_t kernel, void **tensors, const int64_t *dims, const double *scalars, int64_t first, int64_t last) {
  switch (kernel) {
${kernels.map((name, index) => `    case ${index}: ${name}((real *const *)tensors, dims, scalars, first, last); break;`).join('\n')}
  }
}
`;

/** Compiles (once a machine: the result is cached) and loads. Throws COMPILER_NOT_FOUND, COMPILE_FAILED. */
export const loadPlainKernels = async (
  ops: readonly OpDefinition[],
  precision: 'double' | 'float',
  cacheFolder: string,
): Promise<PlainKernels> => {
  const sources = [...new Set(ops.flatMap((op) => (op.lower.c ? [op.lower.c.source] : [])))];
  const kernels = sources.flatMap((source) => [...source.matchAll(/^NASC_KERNEL\((\w+)\)/gm)].map(([, name]) => name!));
  const path = await compile({
    kind: 'shared',
    sources: new Map([['plain-kernels.c', sourceOf(sources, kernels)]]),
    flags: [...commonFlags, ...vectorFlags[detectVectorWidth()].flags, `-DNASC_REAL=${precision}`],
    cacheFolder,
  });
  // Loaded here, so that what only emits code does not need it.
  const { load } = await import('koffi');
  const library = load(path);
  const call: PlainKernels['call'] = library.func('nasc_call', 'void', [
    'int32_t',
    'void **',
    'int64_t *',
    'double *',
    'int64_t',
    'int64_t',
  ]);
  const numbers = new Map(kernels.map((name, index) => [name, index]));
  return { number: (kernel) => numbers.get(kernel), call, unload: () => library.unload() };
};
