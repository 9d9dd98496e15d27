// Every primitive op. A new one is its file and a line here.
import type { OpDefinition } from '@nasc/ir';
import { add } from './add.ts';
import { avgPool } from './avg-pool.ts';
import { batchNorm } from './batch-norm/batch-norm.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropPath } from './drop-path.ts';
import { dropout } from './dropout.ts';
import { globalAvgPool } from './global-avg-pool.ts';
import { hSigmoid } from './h-sigmoid.ts';
import { hSwish } from './h-swish.ts';
import { identity } from './identity.ts';
import { linear } from './linear.ts';
import { maxPool } from './max-pool.ts';
import { mul } from './mul.ts';
import { pad } from './pad.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { reshape } from './reshape.ts';
import { sigmoid } from './sigmoid.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { transpose } from './transpose.ts';
import { zero } from './zero.ts';

export const primitiveOps: readonly OpDefinition[] = [
  conv2d,
  depthwiseConv2d,
  linear,
  batchNorm,
  relu,
  relu6,
  hSwish,
  hSigmoid,
  sigmoid,
  softmax,
  add,
  mul,
  slice,
  pad,
  reshape,
  transpose,
  concat,
  maxPool,
  avgPool,
  globalAvgPool,
  identity,
  zero,
  dropout,
  dropPath,
];
