// The engine's C library: all kernels and the thread pool in one source, compiled once per machine, loaded with koffi.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commonFlags, compile, hostVectorWidth, kernelHeader, prelude, vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import type { OpLookup } from '@nasc/ir';
import koffi from 'koffi';

const folder = new URL('../kernels/', import.meta.url);
const engineHeaders = ['step.h', 'lanes.h', 'norm.h', 'matrix.h', 'convolution.h', 'depthwise.h'] as const;

const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** Text of the engine's own kernels and of its runtime. */
const engineSource = (): string => [prelude, kernelHeader('inference-vector.h'), ...engineHeaders.map(read), read('runtime.h')].join('\n');

/** Hash of everything of ours that numbers depend on: kernels, flags, compiler (ops' kernels are hashed with the ops). */
export const engineHash = (width: VectorWidth, compilerVersion: string): string =>
  createHash('sha256')
    .update([engineSource(), ...commonFlags, ...vectorFlags[width].flags, compilerVersion].join('\0'))
    .digest('hex')
    .slice(0, 16);

const kernelNames = (source: string): readonly string[] => [...source.matchAll(/^NASC_KERNEL\((\w+)\)/gm)].map(([, name]) => name!);

/** The whole library as one C file, and the kernels in the order of its table. */
const librarySource = (ops: OpLookup): { readonly text: string; readonly kernels: readonly string[] } => {
  const sources = new Set<string>();
  for (const name of ops.names()) {
    const lowering = ops.get(name)?.lower.c;
    if (lowering) sources.add(lowering.source);
  }
  const kernelText = [prelude, kernelHeader('inference-vector.h'), ...engineHeaders.map(read), ...sources].join('\n');
  const kernels = kernelNames(kernelText);
  const table = [
    'typedef void nasc_kernel(real *const *tensors, const int64_t *dims, const double *scalars, int64_t first, int64_t last);',
    `static nasc_kernel *const nasc_kernels[] = {${kernels.join(', ')}};`,
  ].join('\n');
  return { text: ['#define _GNU_SOURCE', kernelText, table, read('runtime.h')].join('\n'), kernels };
};

export interface NativeFunctions {
  reserve(bytes: number): bigint | null;
  release(memory: bigint, bytes: number): void;
  createPool(threads: number): bigint | null;
  destroyPool(pool: bigint): void;
  /** Off the event loop. */
  run(pool: bigint, base: bigint, words: bigint, length: number, abortRequest: bigint): Promise<number>;
}

export interface NativeLibrary {
  readonly functions: NativeFunctions;
  /** Name of a kernel -> its place in the table. */
  readonly kernels: ReadonlyMap<string, number>;
}

const bind = (path: string): NativeFunctions => {
  const library = koffi.load(path);
  const run = library.func('int nasc_run(void *pool, void *base, void *words, int64_t length, void *abort_request)');
  return {
    reserve: library.func('void *nasc_reserve(int64_t bytes)') as NativeFunctions['reserve'],
    release: library.func('void nasc_release(void *memory, int64_t bytes)') as NativeFunctions['release'],
    createPool: library.func('void *nasc_pool_create(int threads)') as NativeFunctions['createPool'],
    destroyPool: library.func('void nasc_pool_destroy(void *pool)') as NativeFunctions['destroyPool'],
    run: (...operands) =>
      new Promise((resolve, reject) => {
        run.async(...operands, (error: unknown, status: number) => (error ? reject(error as Error) : resolve(status)));
      }),
  };
};

/** Compiles, or finds, the library with the kernels of all ops. Throws COMPILER_NOT_FOUND or COMPILE_FAILED. */
export const loadNativeLibrary = async (ops: OpLookup, cacheFolder: string, signal?: AbortSignal): Promise<NativeLibrary> => {
  const width = await hostVectorWidth();
  const { text, kernels } = librarySource(ops);
  const path = await compile({
    kind: 'shared',
    sources: new Map([['engine.c', text]]),
    flags: [...commonFlags, ...vectorFlags[width].flags],
    cacheFolder,
    ...(signal && { signal }),
  });
  return { functions: bind(path), kernels: new Map(kernels.map((name, index) => [name, index])) };
};
