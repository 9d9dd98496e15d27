// The engine's fused kernels as patterns: a convolution, or a value, with what normalises and activates it.
import { definePattern, float32 } from '@nasc/ir';
import type { Attributes, OpView, PatternDefinition } from '@nasc/ir';
import { acceptsConvolution, convolutionUnit } from './convolution-unit.ts';
import { acceptsDepthwise, depthwiseUnit } from './depthwise-unit.ts';
import { acceptsExpansion, expansionUnit } from './expansion-unit.ts';
import type { NativePatternLowering } from './native-pattern.ts';
import { activationOf, clampOf } from './normalisation.ts';
import { normUnit } from './norm-unit.ts';
import { singleOpPatterns } from './single-op-patterns.ts';
import { isPointwise } from './window.ts';

const activations = Object.keys(activationOf);
const clamps = Object.keys(clampOf);

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
    takesNormalised: isPointwise,
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

/** A pattern of the engine. `attributes`: of the ops in its example. */
const nativePattern = (
  name: string,
  chain: readonly (readonly string[])[],
  attributes: Readonly<Record<string, Attributes>>,
  native: NativePatternLowering,
): PatternDefinition => {
  const image = float32(6, 5, 5);
  const nodes = chain.map(([op], index) => ({
    kind: 'op' as const,
    id: `node${index}`,
    op: op!,
    attributes: attributes[op!] ?? {},
    inputs: [index > 0 ? `node${index - 1}` : 'image'],
    type: image,
  }));
  return definePattern({
    name: `native.${[name, ...chain.slice(1).map(([op]) => op!)].join('.')}`,
    doc: `${chain.map((ops) => ops.join(' or ')).join(', ')} by one set of training kernels.`,
    chain,
    lower: { native },
    examples: [{ name: 'image', graph: { inputs: [{ id: 'image', type: image }], nodes, outputs: [nodes.at(-1)!.id], groups: [] } }],
  });
};

const pattern = (
  { name, attributes, accepts, takesNormalised, unit }: Omit<Family, 'op'>,
  chain: readonly (readonly string[])[],
  normalises: boolean,
): PatternDefinition =>
  nativePattern(
    name,
    chain,
    { [chain[0]![0]!]: attributes },
    {
      // A bias in front of a normalisation does nothing but cost: such a convolution runs on its own.
      accepts: ([first, ...behind]) => accepts(first!) && (behind.length === 0 || first!.attributes['bias'] !== true),
      normalisedInput: ([first]) => takesNormalised(first!),
      normalisedOutput: normalises,
      unit,
    },
  );

/** An inverted bottleneck up to its depthwise convolution, where its expanded tensor is large (see `acceptsExpansion`). */
export const expansionPattern = (bytesPerInput: number): PatternDefinition =>
  nativePattern(
    'expansion',
    [['conv2d'], ['batchNorm'], clamps, ['depthwiseConv2d'], ['batchNorm'], activations],
    { conv2d: { width: 5, kernel: 1 }, depthwiseConv2d: { kernel: 3 } },
    { accepts: acceptsExpansion(bytesPerInput), normalisedInput: () => false, normalisedOutput: true, unit: expansionUnit },
  );

const never = () => false;
const always = () => true;
const normFamily = { name: 'norm', attributes: {}, accepts: always, takesNormalised: never, unit: normUnit };

/** The longest chains first. */
export const nativePatterns: readonly PatternDefinition[] = [
  expansionPattern(200e3),
  ...convolutions.map((family) => pattern(family, [family.op, ['batchNorm'], activations], true)),
  ...convolutions.map((family) => pattern(family, [family.op, ['batchNorm']], true)),
  ...convolutions.map((family) => pattern(family, [family.op], false)),
  pattern(normFamily, [['batchNorm'], activations], true),
  pattern(normFamily, [['batchNorm']], true),
  ...singleOpPatterns,
];
