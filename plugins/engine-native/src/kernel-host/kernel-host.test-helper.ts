// The engine's kernels in another process (`kernels/host.c`): built for another machine, or to be watched by a sanitizer.
import { readFileSync } from 'node:fs';
import { askCompiler, compile, findCompiler, LineProcess } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { buildNativeLibrary } from '../native-library.ts';
import type { LoadLibrary, NativeFunctions } from '../native-library.ts';
import { createSharedMemory } from './shared-memory.test-helper.ts';
import type { SharedMemory } from './shared-memory.test-helper.ts';

/** How the program with the kernels is built and started. */
export interface KernelBuild {
  /** Command. Default: this machine's. */
  readonly compiler?: string;
  /** Default: this machine's. */
  readonly width?: VectorWidth;
  /** Beside those of the kernels. */
  readonly flags: readonly string[];
  /** Command that the program is run by: an emulator. Default: none. */
  readonly runner: readonly string[];
}

const hostSource = readFileSync(new URL('../../kernels/host.c', import.meta.url), 'utf8');

/** For one program: its process lives as long as its pool. */
const hostFunctions = (command: readonly string[]): NativeFunctions => {
  const blocks = new Map<bigint, { readonly number: number; readonly memory: SharedMemory }>();
  /** Told to the process along with the next step. */
  let news: string[] = [];
  let count = 0;
  let host: LineProcess | undefined;
  const numberOf = (address: bigint) => blocks.get(address)!.number;
  return {
    reserve(bytes) {
      const memory = createSharedMemory(bytes);
      if (!memory) return null;
      const number = count++;
      blocks.set(memory.address, { number, memory });
      news.push(`map ${number} ${bytes} ${memory.path}`);
      return memory.address;
    },
    release(address) {
      const { number, memory } = blocks.get(address)!;
      blocks.delete(address);
      memory.release();
      const untold = news.filter((line) => !line.startsWith(`map ${number} `));
      news = untold.length < news.length ? untold : [...news, `unmap ${number}`];
    },
    createPool(threads) {
      const [program, ...options] = [...command, String(threads)];
      host = new LineProcess(program!, options);
      return 1n;
    },
    destroyPool: () => host!.end(),
    async run(_pool, base, words, length, times) {
      const step = `run ${numberOf(base)} ${numberOf(words)} ${length} ${times === null ? -1 : numberOf(times)}`;
      const lines = [...news, step];
      news = [];
      return Number(await host!.ask(lines.join('\n')));
    },
  };
};

export const loadKernelHost =
  ({ compiler: command, width, flags, runner }: KernelBuild): LoadLibrary =>
  async (ops, cacheFolder, signal) => {
    const compiler = command === undefined ? await findCompiler() : await askCompiler(command);
    if (!compiler) throw new Error(`Compiler ${command} does not run.`);
    const { path, kernels } = await buildNativeLibrary(ops, cacheFolder, { compiler, flags, ...(width && { width }) }, signal);
    const host = await compile({ kind: 'executable', sources: new Map([['host.c', hostSource]]), flags, cacheFolder, compiler });
    return { functions: hostFunctions([...runner, host, path]), kernels };
  };
