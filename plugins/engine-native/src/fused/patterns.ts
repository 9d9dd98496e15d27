// The engine's fused kernels as patterns: a convolution, or a value, with what normalises and activates it.
import { definePattern, float32 } from '@nasc/ir';
import type { Attributes, OpView, PatternDefinition } from '@nasc/ir';
import { acceptsConvolution, convolutionTakesNormalised, convolutionUnit } from './convolution-unit.ts';
import { acceptsDepthwise, depthwiseUnit } from './depthwise-unit.ts';
import type { NativePatternLowering } from './native-pattern.ts';
import { activationOf } from './normalisation.ts';
import { normUnit } from './norm-unit.ts';
import { acceptsSum, sumUnit } from './sum-unit.ts';

const activations = Object.keys(activationOf);

interface Family {
  readonly name: string;
  readonly op: readonly string[];
  readonly attributes: Attributes;
  readonly accepts: (view: OpView) => boolean;
  readonly takesNormalised: (view: OpView) => boolean;
  readonly unit: NativePatternLowering['unit'];
}

const convolutions: readonly Family[] = [
  {
    name: 'convolution',
    op: ['conv2d'],
    attributes: { width: 5, kernel: 1 },
    accepts: acceptsConvolution,
    takesNormalised: convolutionTakesNormalised,
    unit: convolutionUnit,
  },
  {
    name: 'depthwise',
    op: ['depthwiseConv2d'],
    attributes: { kernel: 3 },
    accepts: acceptsDepthwise,
    takesNormalised: () => true,
    unit: depthwiseUnit,
  },
];

const pattern = (
  { name, attributes, accepts, takesNormalised, unit }: Omit<Family, 'op'>,
  chain: readonly (readonly string[])[],
  normalises: boolean,
): PatternDefinition => {
  const image = float32(6, 5, 5);
  const nodes = chain.map(([op], index) => ({
    kind: 'op' as const,
    id: `node${index}`,
    op: op!,
    attributes: index === 0 ? attributes : {},
    inputs: index > 0 ? [`node${index - 1}`] : op === 'add' ? ['image', 'image'] : ['image'],
    type: image,
  }));
  return definePattern({
    name: `native.${[name, ...chain.slice(1).map(([op]) => op!)].join('.')}`,
    doc: `${chain.map((ops) => ops.join(' or ')).join(', ')} by one set of training kernels.`,
    chain,
    lower: {
      native: {
        // A bias in front of a normalisation does nothing but cost: such a convolution runs on its own.
        accepts: ([first, ...behind]) => accepts(first!) && (behind.length === 0 || first!.attributes['bias'] !== true),
        normalisedInput: ([first]) => takesNormalised(first!),
        normalisedOutput: normalises,
        unit,
      },
    },
    examples: [{ name: 'image', graph: { inputs: [{ id: 'image', type: image }], nodes, outputs: [nodes.at(-1)!.id], groups: [] } }],
  });
};

const never = () => false;
const always = () => true;
const normFamily = { name: 'norm', attributes: {}, accepts: always, takesNormalised: never, unit: normUnit };

/** Ops whose gradient is that of their output. */
const sumFamily = { name: 'sum', attributes: {}, accepts: acceptsSum, takesNormalised: never, unit: sumUnit };

/** The longest chains first. */
export const nativePatterns: readonly PatternDefinition[] = [
  ...convolutions.map((family) => pattern(family, [family.op, ['batchNorm'], activations], true)),
  ...convolutions.map((family) => pattern(family, [family.op, ['batchNorm']], true)),
  ...convolutions.map((family) => pattern(family, [family.op], false)),
  pattern(normFamily, [['batchNorm'], activations], true),
  pattern(normFamily, [['batchNorm']], true),
  pattern(sumFamily, [['add', 'identity']], false),
];
