// The space that the suites of engines run, in two sizes, and the options of its steps.
import type { SgdOptions, StepOptions } from '@nasc/core';
import type { Graph } from '@nasc/ir';
import { mobileSpace } from './graphs.ts';

/** Kernels 3, 5 and 7, with and without expansion; channels that are no multiple of any vector. */
const candidates = [
  { kernel: 3, expand: 3 },
  { kernel: 5, expand: 6 },
  { kernel: 7, expand: 1 },
] as const;

/** Index of Zero where a block has it. */
export const zeroIndex = candidates.length;

const spaceOf = (size: number, stem: number, wide: number, head: number): Graph =>
  mobileSpace({
    size,
    channels: 3,
    stem,
    blocks: [
      { width: stem, candidates },
      { width: wide, stride: 2, candidates },
      { width: wide, candidates },
    ],
    head,
    classes: 7,
  });

export const smallSpace: Graph = spaceOf(15, 10, 13, 20);
/** For kernels in JavaScript. */
export const tinySpace: Graph = spaceOf(9, 4, 5, 6);

export const stepOptions: StepOptions = { gradients: 'weights', batchNorm: 'update', randomKey: [1, 2] };

export const sgd: SgdOptions = {
  kind: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-2,
  decayRoles: ['weight', 'bias', 'scale'],
};

/** An update that changes nothing but clears the gradients. */
export const clear: SgdOptions = { ...sgd, learningRate: 0, momentum: 0, weightDecay: 0 };
