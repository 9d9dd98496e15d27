// The key of a block: what its latency depends on besides the device. The grammar is that of the published tables (Cai, Zhu, Han, ICLR
// 2019: their latency estimator) wherever that says all of a block:
//
//   Conv           3x3 convolution, normalisation, ReLU6; the stride follows from the sizes
//   Conv_1         the same with a 1x1 convolution
//   Logits         mean over all pixels, linear layer
//   expanded_conv  MBConv with ReLU6, and the shortcut's addition where idskip is 1
//
// and goes on in the same manner for everything else: the macro's name, sizes, attributes in the order of their names, the shortcut.
import { canonicalJson } from '@nasc/ir';
import type { Attributes, AttributeValue } from '@nasc/ir';

export interface Block {
  readonly macro: string;
  readonly attributes: Attributes;
  /** [H, W, C] of each input. */
  readonly inputs: readonly (readonly number[])[];
  /** [H, W, C], or [classes]. */
  readonly output: readonly number[];
  readonly shortcut: boolean;
}

/** What changes no latency, or is said by the sizes. */
const saidElsewhere: ReadonlySet<string> = new Set(['batchNorm', 'width', 'classes', 'dropout']);

const text = (value: AttributeValue): string => (typeof value === 'object' && value !== null ? canonicalJson(value) : String(value));

const isReluSix = ({ activation = 'relu6' }: Attributes): boolean => activation === 'relu6';

const kernelNames: Readonly<Record<string, string>> = { 3: 'Conv', 1: 'Conv_1' };

const sizesOf = ({ inputs, output }: Block): string =>
  `input:${inputs.map((shape) => shape.join('x')).join('+')}-output:${output.join('x')}`;

/** Undefined for a block that the published grammar does not describe. */
const publishedKey = (block: Block): string | undefined => {
  const { macro, attributes, inputs, shortcut } = block;
  if (inputs.length !== 1) return undefined;
  const { kernel, expansion, stride = 1, groups = 1, squeezeExcite = false } = attributes;
  if (macro === 'mbConv' && isReluSix(attributes) && squeezeExcite === false) {
    return `expanded_conv-${sizesOf(block)}-expand:${String(expansion)}-kernel:${String(kernel)}-stride:${String(stride)}-idskip:${shortcut ? 1 : 0}`;
  }
  if (shortcut) return undefined;
  if (macro === 'convBnAct' && isReluSix(attributes) && groups === 1) {
    const name = kernelNames[String(kernel)];
    return name && `${name}-${sizesOf(block)}`;
  }
  return macro === 'linearHead' ? `Logits-${sizesOf(block)}` : undefined;
};

/** Of a block that computes nothing, wherever it stands: Zero beside a shortcut. */
export const nothingKey = 'nothing';

/** Every block has one. */
export const blockKey = (block: Block): string => {
  if (block.macro === 'zero' && block.shortcut) return nothingKey;
  const published = publishedKey(block);
  if (published !== undefined) return published;
  const attributes = Object.entries(block.attributes)
    .filter(([name]) => !saidElsewhere.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `-${name}:${text(value)}`);
  return `${block.macro}-${sizesOf(block)}${attributes.join('')}-idskip:${block.shortcut ? 1 : 0}`;
};

export const unitSeparator = ' & ';

/** The name under which blocks that are one unit are measured together. */
export const unitKey = (keys: readonly string[]): string => keys.join(unitSeparator);
