// The engine's C library: all kernels and the thread pool in one source, compiled once per machine, loaded with koffi.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commonFlags, compile, detectVectorWidth, kernelHeader, prelude, vectorFlags } from '@nasc/c-emit';
import type { Compiler, VectorWidth } from '@nasc/c-emit';
import type { OpLookup } from '@nasc/ir';
import koffi from 'koffi';

const folder = new URL('../kernels/', import.meta.url);

const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** Units are compiled side by side, the longest first. Each starts with what all need, and lists its kernels in a table. */
const common = (): string => [prelude, kernelHeader('inference-vector.h'), read('lanes.h')].join('\n');
const engineUnits = {
  depthwise_backward: ['depthwise.h', 'depthwise-rows.h', 'depthwise-gradients.h', 'depthwise-backward.h'],
  depthwise_forward: ['depthwise.h', 'depthwise-rows.h', 'depthwise-forward.h'],
  convolution_backward: ['matrix.h', 'convolution.h', 'outer.h', 'convolution-backward.h', 'linear.h'],
  convolution_forward: ['matrix.h', 'convolution.h', 'convolution-forward.h', 'grouped-convolution.h'],
  expansion_backward: ['matrix.h', 'depthwise.h', 'expansion.h', 'expansion-backward.h'],
  expansion_forward: ['matrix.h', 'depthwise.h', 'expansion.h', 'expansion-statistics.h', 'expansion-forward.h', 'expansion-finish.h'],
  windows: ['windows.h', 'pool.h', 'depthwise-any.h'],
  step: ['norm.h', 'gate.h', 'sigmoid.h', 'step.h'],
} as const;

const kernelType =
  'typedef void nasc_kernel(real *const *tensors, const int64_t *dims, const double *scalars, int64_t first, int64_t last);';

const kernelNames = (source: string): readonly string[] => [...source.matchAll(/^NASC_KERNEL\((\w+)\)/gm)].map(([, name]) => name!);

interface LibrarySource {
  readonly sources: ReadonlyMap<string, string>;
  /** In the order of their numbers. */
  readonly kernels: readonly string[];
}

const librarySource = (ops: OpLookup | undefined): LibrarySource => {
  const units = new Map<string, string>(
    Object.entries(engineUnits).map(([name, files]) => [name, [common(), ...files.map(read)].join('\n')]),
  );
  const opSources = new Set((ops?.names() ?? []).flatMap((name) => ops!.get(name)?.lower.c?.source ?? []));
  if (opSources.size > 0) units.set('operators', [prelude, ...opSources].join('\n'));

  const sources = new Map<string, string>();
  const kernels: string[] = [];
  const tables: string[] = [];
  const lookups: string[] = [];
  for (const [name, text] of units) {
    const names = kernelNames(text);
    sources.set(`${name}.c`, [text, kernelType, `nasc_kernel *const nasc_${name}_kernels[] = {${names.join(', ')}};\n`].join('\n'));
    tables.push(`extern nasc_kernel *const nasc_${name}_kernels[];`);
    lookups.push(`  if (number < ${kernels.length + names.length}) return nasc_${name}_kernels[number - ${kernels.length}];`);
    kernels.push(...names);
  }
  const lookup = ['static nasc_kernel *nasc_kernel_of(int32_t number) {', ...lookups, '  return 0;', '}'];
  sources.set('runtime.c', [common(), kernelType, ...tables, ...lookup, read('runtime.h')].join('\n'));
  return { sources, kernels };
};

/** Hash of everything of ours that numbers depend on: kernels, flags, compiler (ops' kernels are hashed with the ops). */
export const engineHash = (width: VectorWidth, compilerVersion: string): string =>
  createHash('sha256')
    .update([...librarySource(undefined).sources.values(), ...commonFlags, ...vectorFlags[width].flags, compilerVersion].join('\0'))
    .digest('hex')
    .slice(0, 16);

export interface NativeFunctions {
  reserve(bytes: number): bigint | null;
  release(memory: bigint, bytes: number): void;
  createPool(threads: number): bigint | null;
  destroyPool(pool: bigint): void | Promise<void>;
  /** Off the event loop. */
  run(pool: bigint, base: bigint, words: bigint, length: number, times: bigint | null): Promise<number>;
}

export interface NativeLibrary {
  readonly functions: NativeFunctions;
  /** Name of a kernel -> its number. */
  readonly kernels: ReadonlyMap<string, number>;
}

const bind = (path: string): NativeFunctions => {
  const library = koffi.load(path);
  const run = library.func('int nasc_run(void *pool, void *base, void *words, int64_t length, void *times)');
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

export type LoadLibrary = (ops: OpLookup, cacheFolder: string, signal?: AbortSignal) => Promise<NativeLibrary>;

/** How the kernels are compiled: by default for this machine, by its compiler. */
export interface LibraryBuild {
  readonly compiler?: Compiler;
  readonly width?: VectorWidth;
  /** Beside those of the kernels. */
  readonly flags?: readonly string[];
}

/** Compiles, or finds, the library with the kernels of all ops. Throws COMPILER_NOT_FOUND or COMPILE_FAILED. */
export const buildNativeLibrary = async (
  ops: OpLookup,
  cacheFolder: string,
  { compiler, width = detectVectorWidth(), flags = [] }: LibraryBuild = {},
  signal?: AbortSignal,
): Promise<{ readonly path: string; readonly kernels: NativeLibrary['kernels'] }> => {
  const { sources, kernels } = librarySource(ops);
  const path = await compile({
    kind: 'shared',
    sources,
    flags: [...commonFlags, ...vectorFlags[width].flags, ...flags],
    cacheFolder,
    ...(compiler && { compiler }),
    ...(signal && { signal }),
  });
  return { path, kernels: new Map(kernels.map((name, index) => [name, index])) };
};

/** The library in this process. */
export const loadNativeLibrary: LoadLibrary = async (ops, cacheFolder, signal) => {
  const { path, kernels } = await buildNativeLibrary(ops, cacheFolder, {}, signal);
  return { functions: bind(path), kernels };
};
