// Graphs, parameters and batches for the tests of engines.
import type { Mixture, TrainingBatch } from '@nasc/core';
import { elementCount, float32, isChoice, parameterId } from '@nasc/ir';
import type { Attributes, Candidate, ChoiceNode, Graph, GraphInput, NodeId, OpLookup, OpNode, Tensor, TensorType } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';

const definitions = new Map(primitiveOps.map((op) => [op.name, op]));
export const ops: OpLookup = { get: (name) => definitions.get(name), names: () => [...definitions.keys()] };

/** Appends nodes under a prefix, inferring types. */
export class TestBuilder {
  readonly nodes: (OpNode | ChoiceNode)[] = [];
  readonly #types = new Map<NodeId, TensorType>();
  readonly #inputs: readonly GraphInput[];
  readonly #prefix: string;

  constructor(prefix: string, inputs: readonly GraphInput[]) {
    this.#prefix = prefix;
    this.#inputs = inputs;
    for (const { id, type } of inputs) this.#types.set(id, type);
  }

  typeOf(id: NodeId): TensorType {
    return this.#types.get(id)!;
  }

  op(name: string, op: string, inputs: readonly NodeId[], attributes: Attributes = {}): NodeId {
    const id = this.#prefix + name;
    const type = definitions.get(op)!.inferType(
      attributes,
      inputs.map((input) => this.typeOf(input)),
    );
    this.nodes.push({ kind: 'op', id, op, attributes, inputs, type });
    this.#types.set(id, type);
    return id;
  }

  /** `build` appends a candidate's nodes to a builder of its own and returns its output. */
  choice(name: string, input: NodeId, candidates: Readonly<Record<string, (builder: TestBuilder, input: NodeId) => NodeId>>): NodeId {
    const id = this.#prefix + name;
    const built = Object.entries(candidates).map(([candidateName, build]): Candidate => {
      const inner = `${id}.${candidateName}.in`;
      const builder = new TestBuilder(`${id}.${candidateName}.`, [{ id: inner, type: this.typeOf(input) }]);
      const output = build(builder, inner);
      return { name: candidateName, macro: candidateName, attributes: {}, graph: builder.graph<OpNode>(output) };
    });
    const type = built[0]!.graph.nodes.at(-1)?.type ?? this.typeOf(input);
    this.nodes.push({ kind: 'choice', id, inputs: [input], candidates: built, type });
    this.#types.set(id, type);
    return id;
  }

  graph<Node extends OpNode | ChoiceNode = OpNode | ChoiceNode>(output: NodeId): Graph<Node> {
    return { inputs: this.#inputs, nodes: this.nodes as Node[], outputs: [output], groups: [] };
  }
}

export interface MbConv {
  readonly kernel: number;
  readonly expand: number;
  readonly stride?: number;
  readonly width: number;
}

/** 1x1, depthwise, 1x1, each with batch normalisation; relu6 after the first two. */
export const mbConv = (builder: TestBuilder, input: NodeId, { kernel, expand, stride = 1, width }: MbConv): NodeId => {
  const channels = builder.typeOf(input).shape.at(-1)!;
  let value = input;
  if (expand > 1) {
    value = builder.op('expand', 'conv2d', [value], { width: channels * expand, kernel: 1 });
    value = builder.op('expandNorm', 'batchNorm', [value]);
    value = builder.op('expandRelu', 'relu6', [value]);
  }
  value = builder.op('depthwise', 'depthwiseConv2d', [value], { kernel, stride });
  value = builder.op('depthwiseNorm', 'batchNorm', [value]);
  value = builder.op('depthwiseRelu', 'relu6', [value]);
  value = builder.op('project', 'conv2d', [value], { width, kernel: 1 });
  return builder.op('projectNorm', 'batchNorm', [value]);
};

export interface SpaceSettings {
  readonly size: number;
  readonly channels: number;
  readonly stem: number;
  readonly blocks: readonly {
    readonly width: number;
    readonly stride?: number;
    readonly candidates: readonly { readonly kernel: number; readonly expand: number }[];
  }[];
  readonly head: number;
  readonly classes: number;
}

/** Stem, one choice a block (with Zero and a shortcut where shapes allow), head, classifier. */
export const mobileSpace = ({ size, channels, stem, blocks, head, classes }: SpaceSettings): Graph => {
  const builder = new TestBuilder('', [{ id: 'image', type: float32(size, size, channels) }]);
  let value = builder.op('stem', 'conv2d', ['image'], { width: stem, kernel: 3, stride: 2 });
  value = builder.op('stemNorm', 'batchNorm', [value]);
  value = builder.op('stemRelu', 'relu6', [value]);
  blocks.forEach(({ width, stride = 1, candidates }, index) => {
    const shortcut = stride === 1 && builder.typeOf(value).shape.at(-1) === width;
    const choices: Record<string, (inner: TestBuilder, input: NodeId) => NodeId> = {};
    for (const { kernel, expand } of candidates)
      choices[`k${kernel}e${expand}`] = (inner, input) => mbConv(inner, input, { kernel, expand, stride, width });
    if (shortcut) choices['zero'] = (inner, input) => inner.op('zero', 'zero', [input], { width });
    const block = builder.choice(`block${index}`, value, choices);
    value = shortcut ? builder.op(`add${index}`, 'add', [block, value]) : block;
  });
  if (head > 0) {
    value = builder.op('head', 'conv2d', [value], { width: head, kernel: 1 });
    value = builder.op('headNorm', 'batchNorm', [value]);
    value = builder.op('headRelu', 'relu6', [value]);
  }
  value = builder.op('pool', 'globalAvgPool', [value]);
  return builder.graph(builder.op('classifier', 'linear', [value], { width: classes }));
};

/** The network of one path: every choice replaced by the nodes of its candidate. */
export const pathNetwork = (graph: Graph, indices: readonly number[]): Graph<OpNode> => {
  const renamed = new Map<NodeId, NodeId>();
  const nodes: OpNode[] = [];
  let choice = 0;
  const rename = (id: NodeId) => renamed.get(id) ?? id;
  for (const node of graph.nodes) {
    if (!isChoice(node)) {
      nodes.push({ ...node, inputs: node.inputs.map(rename) });
      continue;
    }
    const { graph: region } = node.candidates[indices[choice++]!]!;
    region.inputs.forEach(({ id }, index) => renamed.set(id, rename(node.inputs[index]!)));
    for (const inner of region.nodes) nodes.push({ ...inner, inputs: inner.inputs.map(rename) });
    renamed.set(node.id, rename(region.outputs[0]!));
  }
  return { ...graph, nodes, outputs: graph.outputs.map(rename) };
};

/**
 * The network of a mixture: sum of w_i o_i at every choice. Weights are those of 1x1 depthwise convolutions, whose
 * parameters are `CHOICE.mix.INDEX.weight`, all channels with the same value.
 */
export const mixtureNetwork = (
  graph: Graph,
  mixture: Mixture,
): { readonly network: Graph<OpNode>; readonly weights: Map<string, Tensor> } => {
  const renamed = new Map<NodeId, NodeId>();
  const nodes: OpNode[] = [];
  const weights = new Map<string, Tensor>();
  let choice = 0;
  const rename = (id: NodeId) => renamed.get(id) ?? id;
  for (const node of graph.nodes) {
    if (!isChoice(node)) {
      nodes.push({ ...node, inputs: node.inputs.map(rename) });
      continue;
    }
    const { type } = node;
    const entries = mixture[choice++]!;
    let sum: NodeId | undefined;
    entries.indices.forEach((index, entry) => {
      const { graph: region } = node.candidates[index]!;
      region.inputs.forEach(({ id }, input) => renamed.set(id, rename(node.inputs[input]!)));
      for (const inner of region.nodes) nodes.push({ ...inner, inputs: inner.inputs.map(rename) });
      const scaled = `${node.id}.mix.${index}`;
      nodes.push({ kind: 'op', id: scaled, op: 'depthwiseConv2d', attributes: { kernel: 1 }, inputs: [rename(region.outputs[0]!)], type });
      const channels = type.shape.at(-1)!;
      weights.set(`${scaled}.weight`, { shape: [1, 1, channels], data: new Float32Array(channels).fill(entries.weights[entry]!) });
      if (sum) nodes.push({ kind: 'op', id: `${scaled}.sum`, op: 'add', attributes: {}, inputs: [sum, scaled], type });
      sum = sum ? `${scaled}.sum` : scaled;
    });
    renamed.set(node.id, sum!);
  }
  return { network: { ...graph, nodes, outputs: graph.outputs.map(rename) }, weights };
};

/** Values for every parameter of a graph, of candidates too: as initialised, scales and statistics spread a little. */
export const randomParameters = (graph: Graph, seed: number): Map<string, Tensor> => {
  const random = new Random({ seed, stream: 'test.parameters' });
  const table = new Map<string, Tensor>();
  const visit = ({ inputs, nodes }: Graph) => {
    const types = new Map<NodeId, TensorType>([...inputs, ...nodes].map(({ id, type }) => [id, type]));
    for (const node of nodes) {
      if (isChoice(node)) {
        for (const candidate of node.candidates) visit(candidate.graph);
        continue;
      }
      const specs = definitions.get(node.op)!.parameters?.(
        node.attributes,
        node.inputs.map((id) => types.get(id)!),
      );
      for (const { name, shape, init, role } of specs ?? []) {
        const data = new Float32Array(elementCount(shape));
        for (let i = 0; i < data.length; i++) {
          if (init.kind === 'normal') data[i] = init.std * random.normal();
          else if (init.kind === 'uniform') data[i] = init.limit * (2 * random.uniform() - 1);
          else data[i] = init.value + (role === 'scale' || init.value > 0 ? 0.3 * random.uniform() : 0.2 * random.normal());
        }
        table.set(parameterId(node.id, name), { shape, data });
      }
    }
  };
  visit(graph);
  return table;
};

export const randomBatch = (graph: Graph, count: number, seed: number): TrainingBatch => {
  const random = new Random({ seed, stream: 'test.batch' });
  const output = [...graph.nodes].find(({ id }) => id === graph.outputs[0])!;
  const classes = elementCount(output.type.shape);
  const images = Float32Array.from({ length: count * elementCount(graph.inputs[0]!.type.shape) }, () => random.normal());
  const targets = new Float32Array(count * classes);
  for (let n = 0; n < count; n++) targets[n * classes + random.integer(classes)] = 1;
  return { count, images, targets };
};

const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

/** ||a - b|| / ||b||, 0 where both are zero. */
export const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const difference = norm(Array.from(b, (value, i) => a[i]! - value));
  return difference === 0 ? 0 : difference / norm(b);
};

/**
 * Largest relative error over tensors. A gradient that is zero but for rounding (a shift in front of another batch
 * normalisation) has no relative error: norms are taken as at least 1e-2 of the largest one.
 */
export const worstError = (
  found: ReadonlyMap<string, { readonly data: ArrayLike<number> }>,
  expected: ReadonlyMap<string, ArrayLike<number>>,
): { readonly error: number; readonly id: string } => {
  const floor = 1e-2 * Math.max(...[...expected.values()].map(norm));
  let worst = { error: 0, id: '' };
  for (const [id, values] of expected) {
    const data = found.get(id)!.data;
    const error = norm(Array.from(values, (value, i) => data[i]! - value)) / Math.max(norm(values), floor);
    if (!(error <= worst.error)) worst = { error, id };
  }
  return worst;
};

/** ||a - b|| / ||b|| over all tensors of `expected` together. */
export const wholeError = (found: ReadonlyMap<string, ArrayLike<number>>, expected: ReadonlyMap<string, ArrayLike<number>>): number => {
  const flat = (table: ReadonlyMap<string, ArrayLike<number>>) => [...expected.keys()].flatMap((id) => Array.from(table.get(id)!));
  return relativeError(flat(found), flat(expected));
};
