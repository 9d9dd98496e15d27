// Every primitive op. A new one is its file and a line here.
import type { OpDefinition } from '@nasc/ir';
import { add } from './add.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { globalAvgPool } from './global-avg-pool.ts';
import { hSigmoid } from './h-sigmoid.ts';
import { hSwish } from './h-swish.ts';
import { identity } from './identity.ts';
import { linear } from './linear.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { sigmoid } from './sigmoid.ts';
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
  add,
  globalAvgPool,
  identity,
  zero,
];
