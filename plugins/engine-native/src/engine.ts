// The engine as the pipeline sees it: what it runs on, and programs for graphs.
import { cpus } from 'node:os';
import { detectVectorWidth, findCompiler } from '@nasc/c-emit';
import type { Availability, CompileOptions, EngineOptions, Program, TrainingEngine } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Graph } from '@nasc/ir';
import { compileGraph, keepsOutputs } from './compiled-graph.ts';
import { measureSpeed } from './measure-speed.ts';
import { engineHash, loadNativeLibrary } from './native-library.ts';
import type { LoadLibrary } from './native-library.ts';
import { NativeProgram } from './native-program.ts';
import { ProgramMemory } from './program-memory.ts';
import type { StepObserver } from './step-profile.ts';
import { StepRunner } from './step-runner.ts';
import { StepWords } from './step-words.ts';

const probe = async ({ threads }: EngineOptions): Promise<Availability> => {
  try {
    const compiler = await findCompiler();
    const width = detectVectorWidth();
    return {
      available: true,
      detail: `C kernels for ${width}, compiled by ${compiler.version}; ${threads} of ${cpus().length} threads`,
      identity: `native:${engineHash(width, compiler.version)}:${width}`,
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { available: false, detail: error.diagnostics.map(({ message, hint }) => (hint ? `${message} ${hint}` : message)).join(' ') };
  }
};

/**
 * Throws COMPILER_NOT_FOUND, ENGINE_OP_UNSUPPORTED, ENGINE_OUT_OF_MEMORY. Parameters are zero until they are written.
 * `observe` gets the time of every kernel call; a step takes a little longer then.
 */
export const compileObserved = async (
  graph: Graph,
  options: CompileOptions,
  observe?: StepObserver,
  loadLibrary: LoadLibrary = loadNativeLibrary,
): Promise<Program> => {
  const compiled = compileGraph(graph, options);
  const library = await loadLibrary(options.ops, options.cacheFolder, options.signal);
  const memory = new ProgramMemory(library.functions, compiled);
  try {
    const runner = new StepRunner(library, memory, options.threads, observe);
    const words = new StepWords(compiled, memory, library.kernels, keepsOutputs(options.activePaths));
    const activePaths = options.activePaths === 'all' ? Infinity : options.activePaths;
    return new NativeProgram(compiled, memory, words, runner, activePaths);
  } catch (error) {
    memory.block.dispose();
    throw error;
  }
};

/** The engine with kernels that come from elsewhere than this process: how they are checked on other machines. */
export const createNativeEngine = (loadLibrary: LoadLibrary): TrainingEngine => {
  const compile: TrainingEngine['compile'] = (graph, options) => compileObserved(graph, options, undefined, loadLibrary);
  return {
    name: 'native',
    description: 'C kernels on the CPU, compiled once per machine.',
    automatic: 'whenAvailable',
    probe,
    compile,
    measure: (options) => measureSpeed(compile, options),
  };
};

export const nativeEngine: TrainingEngine = createNativeEngine(loadNativeLibrary);
