// What the fused kernels have in common: a first op, then perhaps an activation, then perhaps a residual.
import type { CPatternLowering, MatchedNode, PatternMatch } from '@nasc/c-emit';
import { definePattern, sameShape } from '@nasc/ir';
import type { OpNode, PatternDefinition, Tensor } from '@nasc/ir';

/** Op name -> constant in inference-vector.h. */
const activations: Readonly<Record<string, string>> = {
  relu: 'NASC_RELU',
  relu6: 'NASC_RELU6',
  hSigmoid: 'NASC_HARD_SIGMOID',
  hSwish: 'NASC_HARD_SWISH',
};

/** Names of the activations that kernels compute on the way. */
export const activationNames: readonly string[] = Object.keys(activations);

const isActivation = (op: string): boolean => op in activations;

/** Constant of an activation node. */
export const activationConstant = ({ node }: MatchedNode): string => activations[node.op] ?? 'NASC_NO_ACTIVATION';

/** A match taken apart. */
export interface FusedChain {
  readonly first: MatchedNode;
  /** Constant of the activation. */
  readonly activation: string;
  /** Suffix of the kernel's name that says what is fused. */
  readonly suffix: string;
  readonly residual: boolean;
}

export const readChain = ({ nodes }: PatternMatch): FusedChain => {
  const activation = nodes.find(({ node }) => isActivation(node.op))?.node.op;
  const residual = nodes.some(({ node }) => node.op === 'add');
  return {
    first: nodes[0]!,
    activation: activation ? activations[activation]! : 'NASC_NO_ACTIVATION',
    suffix: `${activation ? `_${activation.toLowerCase()}` : ''}${residual ? '_add' : ''}`,
    residual,
  };
};

/** Shape of a parameter; undefined where the op has none of that name. */
export const parameterShape = ({ parameters }: MatchedNode, name: string): readonly number[] | undefined =>
  parameters.find((parameter) => parameter.name === name)?.shape;

/** Value of a numeric attribute, or the default of an op that does not have it. */
export const numberAttribute = ({ attributes }: MatchedNode, name: string, otherwise: number): number => {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
};

/** Bias of a node; zeros where it has none. */
export const biasOf = (node: MatchedNode, channels: number, parameter: (node: string, name: string) => Tensor): Float32Array =>
  parameterShape(node, 'bias') ? parameter(node.node.id, 'bias').data : new Float32Array(channels);

/** `add` without broadcasting, not of a value with itself. */
export const addsEqualShapes = (nodes: readonly OpNode[]): boolean => {
  const add = nodes.at(-1)!;
  return (
    add.op !== 'add' || (add.inputs.length === 2 && add.inputs[0] !== add.inputs[1] && sameShape(add.type.shape, nodes.at(-2)!.type.shape))
  );
};

/** The patterns of one fused kernel, the longest chain first. */
export const fusedPatterns = (
  name: string,
  doc: string,
  first: readonly string[],
  lowering: CPatternLowering,
  options: { readonly residual: boolean },
): readonly PatternDefinition[] => {
  const residual = ['add'];
  const chains: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ...(options.residual
      ? ([
          [`${name}-activation-add`, [first, activationNames, residual]],
          [`${name}-add`, [first, residual]],
        ] as const)
      : []),
    [`${name}-activation`, [first, activationNames]],
    [name, [first]],
  ];
  return chains.map(([chainName, chain]) =>
    definePattern({
      name: chainName,
      doc,
      chain,
      accepts: (nodes, graph) => addsEqualShapes(nodes) && shortcutHasShape(nodes, graph),
      lower: { c: lowering },
      examples: [],
    }),
  );
};

/** The other operand of a fused `add` must have the full shape, too. */
export const shortcutHasShape: NonNullable<PatternDefinition['accepts']> = (nodes, graph) => {
  const add = nodes.at(-1)!;
  if (add.op !== 'add') return true;
  const typeOf = (id: string) => [...graph.inputs, ...graph.nodes].find((node) => node.id === id)!.type;
  return add.inputs.every((id) => sameShape(typeOf(id).shape, add.type.shape));
};
