// The key of a block, in the grammar of the published tables (Cai, Zhu, Han, ICLR 2019: their latency estimator). A key says only
// part of what a block is; the rest is what the released space has, and a block that differs in it has no key:
//
//   Conv           3x3 convolution, normalisation, ReLU6; the stride follows from the sizes
//   Conv_1         the same with a 1x1 convolution
//   Logits         mean over all pixels, linear layer
//   expanded_conv  MBConv with ReLU6, and the shortcut's addition where idskip is 1
import type { Attributes } from '@nasc/ir';

export interface Block {
  readonly macro: string;
  readonly attributes: Attributes;
  /** [H, W, C] */
  readonly input: readonly number[];
  /** [H, W, C], or [classes]. */
  readonly output: readonly number[];
  readonly shortcut: boolean;
}

const isReluSix = ({ activation = 'relu6' }: Attributes): boolean => activation === 'relu6';

const kernelNames: Readonly<Record<string, string>> = { 3: 'Conv', 1: 'Conv_1' };

/** Undefined for a block that no key describes. */
export const blockKey = ({ macro, attributes, input, output, shortcut }: Block): string | undefined => {
  const sizes = `input:${input.join('x')}-output:${output.join('x')}`;
  const { kernel, expansion, stride = 1, groups = 1, squeezeExcite = false } = attributes;
  if (macro === 'mbConv' && isReluSix(attributes) && squeezeExcite === false) {
    return `expanded_conv-${sizes}-expand:${String(expansion)}-kernel:${String(kernel)}-stride:${String(stride)}-idskip:${shortcut ? 1 : 0}`;
  }
  if (shortcut) return undefined;
  if (macro === 'convBnAct' && isReluSix(attributes) && groups === 1) {
    const name = kernelNames[String(kernel)];
    return name && `${name}-${sizes}`;
  }
  return macro === 'linearHead' ? `Logits-${sizes}` : undefined;
};
