// The fused kernels of the CPU target, in the order in which they are tried.
import type { PatternDefinition } from '@nasc/ir';
import { convolutionPatterns } from './convolution.ts';
import { depthwisePatterns } from './depthwise.ts';
import { globalAveragePattern } from './global-average.ts';
import { pointwisePatterns } from './pointwise.ts';
import { streamPatterns } from './stream.ts';

export const cpuKernels: readonly PatternDefinition[] = [
  ...streamPatterns,
  ...pointwisePatterns,
  ...depthwisePatterns,
  ...convolutionPatterns,
  globalAveragePattern,
];
