// Options of the CPU target, and what follows from them.
import { detectVectorWidth, vectorFlags, vectorWidths } from '@nasc/c-emit';
import type { VectorDescription, VectorWidth } from '@nasc/c-emit';

export interface CpuOptions {
  /** Most threads that may run a network together. */
  readonly threads: number;
  readonly vectorWidth: VectorWidth;
  /** Prefix of files, functions and macros; the network's name when absent. */
  readonly name?: string;
  /** Where the weights are: in a C file, or in a file that the caller reads or maps. */
  readonly weights: 'source' | 'file';
  /** Length of one sample when a whole network is measured. */
  readonly sampleMs: number;
}

export const cpuOptionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    threads: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 1,
      description: 'Threads that run the network together; more than one need more memory, and bring a pool in a file of its own.',
    },
    vectorWidth: {
      enum: ['auto', ...vectorWidths],
      default: 'auto',
      description: 'Instruction set of the generated code; auto is the one of the machine on which the target is created.',
    },
    name: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      description: "Prefix of files, functions and macros; the network's name when absent.",
    },
    weights: {
      enum: ['source', 'file'],
      default: 'source',
      description:
        'Where the weights are: in a C file, or in a binary file that the program reads or maps (large networks compile faster).',
    },
    sampleMs: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 100,
      description: 'Length of one sample when a whole network is measured, ms.',
    },
  },
} as const;

export const readCpuOptions = (options: Readonly<Record<string, unknown>>): CpuOptions => {
  const width = (options['vectorWidth'] ?? 'auto') as VectorWidth | 'auto';
  return {
    threads: (options['threads'] ?? 1) as number,
    vectorWidth: width === 'auto' ? detectVectorWidth() : width,
    weights: (options['weights'] ?? 'source') as CpuOptions['weights'],
    sampleMs: (options['sampleMs'] ?? 100) as number,
    ...(options['name'] !== undefined && { name: options['name'] as string }),
  };
};

/** Lanes and registers of an instruction set. */
export const vectorDescription = (width: VectorWidth): VectorDescription => ({
  lanes: vectorFlags[width].lanes,
  registers: width === 'avx512' || width === 'neon' ? 32 : 16,
});
