// Patterns of one op that has kernels of its own.
import { definePattern, float32 } from '@nasc/ir';
import type { Attributes, OpView, PatternDefinition, TensorType } from '@nasc/ir';
import { acceptsAnyDepthwise, anyDepthwiseUnit } from './any-depthwise-unit.ts';
import { gateUnit, meanUnit } from './gate-unit.ts';
import { acceptsGrouped, groupedUnit } from './grouped-unit.ts';
import { linearUnit } from './linear-unit.ts';
import type { NativePatternLowering } from './native-pattern.ts';
import { acceptsPool, poolUnit } from './pool-unit.ts';
import { sigmoidUnit } from './sigmoid-unit.ts';
import { acceptsSum, sumUnit } from './sum-unit.ts';

interface Example {
  readonly op: string;
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
  readonly attributes?: Attributes;
}

interface SingleOp {
  readonly name: string;
  readonly accepts: (view: OpView) => boolean;
  readonly unit: NativePatternLowering['unit'];
  /** One of every op. */
  readonly examples: readonly Example[];
}

const image = float32(6, 5, 20);
const always = () => true;

const singleOps: readonly SingleOp[] = [
  {
    name: 'sum', // whose gradient is that of its output
    accepts: acceptsSum,
    unit: sumUnit,
    examples: [
      { op: 'add', inputs: [image, image, image], output: image },
      { op: 'identity', inputs: [image], output: image },
    ],
  },
  {
    name: 'linear',
    accepts: always,
    unit: linearUnit,
    examples: [{ op: 'linear', inputs: [float32(20)], output: float32(7), attributes: { width: 7 } }],
  },
  { name: 'mean', accepts: always, unit: meanUnit, examples: [{ op: 'globalAvgPool', inputs: [image], output: float32(20) }] },
  { name: 'gate', accepts: always, unit: gateUnit, examples: [{ op: 'mul', inputs: [image, float32(20)], output: image }] },
  { name: 'sigmoid', accepts: always, unit: sigmoidUnit, examples: [{ op: 'sigmoid', inputs: [image], output: image }] },
  {
    name: 'pool',
    accepts: acceptsPool,
    unit: poolUnit,
    examples: ['maxPool', 'avgPool'].map((op) => ({ op, inputs: [image], output: image, attributes: { kernel: 3 } })),
  },
  {
    name: 'grouped',
    accepts: acceptsGrouped,
    unit: groupedUnit,
    examples: [{ op: 'conv2d', inputs: [image], output: float32(6, 5, 36), attributes: { kernel: 3, width: 36, groups: 2 } }],
  },
  {
    name: 'anyDepthwise',
    accepts: acceptsAnyDepthwise,
    unit: anyDepthwiseUnit,
    examples: [{ op: 'depthwiseConv2d', inputs: [image], output: image, attributes: { kernel: 3, dilation: 2 } }],
  },
];

const graphOf = ({ op, inputs, output, attributes = {} }: Example) => ({
  inputs: inputs.map((type, index) => ({ id: `input${index}`, type })),
  nodes: [{ kind: 'op' as const, id: 'node', op, attributes, inputs: inputs.map((_, index) => `input${index}`), type: output }],
  outputs: ['node'],
  groups: [],
});

export const singleOpPatterns: readonly PatternDefinition[] = singleOps.map(({ name, accepts, unit, examples }) => {
  const ops = examples.map(({ op }) => op);
  return definePattern({
    name: `native.${name}`,
    doc: `${ops.join(' or ')} by training kernels.`,
    chain: [ops],
    lower: { native: { accepts: ([view]) => accepts(view!), normalisedInput: () => false, normalisedOutput: false, unit } },
    examples: examples.map((example) => ({ name: example.op, graph: graphOf(example) })),
  });
});
