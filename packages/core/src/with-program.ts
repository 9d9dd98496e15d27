// A program for the time that it is needed.
import type { Graph, TensorTable } from '@nasc/ir';
import type { CompileOptions, Program } from './kinds/index.ts';
import type { PassContext } from './pass.ts';

export interface ProgramRequest extends Pick<CompileOptions, 'activePaths' | 'batchSize'> {
  readonly graph: Graph;
  /** What its parameters are at the beginning. */
  readonly parameters: TensorTable;
}

/** Compiles `graph` for the run's engine, and disposes of the program when `use` has ended, however it did. */
export const withProgram = async <T>(
  context: Pick<PassContext, 'engine' | 'registry' | 'signal'>,
  { graph, parameters, activePaths, batchSize }: ProgramRequest,
  use: (program: Program) => Promise<T>,
): Promise<T> => {
  const { engine, options } = await context.engine();
  const { ops, patterns } = context.registry;
  const program = await engine.compile(graph, { ...options, ops, patterns, activePaths, batchSize, signal: context.signal });
  try {
    await program.writeState({ parameters });
    return await use(program);
  } finally {
    await program.dispose();
  }
};
