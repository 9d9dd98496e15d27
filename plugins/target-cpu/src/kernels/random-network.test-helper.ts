// Random chains of the ops that the CPU target fuses. For tests.
import { setUpPlugins, trackedRegistry } from '@nasc/core';
import type { DeployableNetwork, Registry } from '@nasc/core';
import { elementCount, float32, parameterId } from '@nasc/ir';
import type { Attributes, NodeId, OpNode, Tensor } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { Random } from '@nasc/random';

const host = await setUpPlugins([opsPlugin]);

/** The built-in ops and patterns. */
export const testRegistry: Registry = trackedRegistry(host.registrations, {});

export interface ChainLayer {
  readonly op: 'conv2d' | 'depthwiseConv2d';
  readonly kernel: number;
  readonly stride: number;
  readonly channels?: number;
  readonly groups?: number;
  readonly activation?: string;
  /** Adds the layer's input to its output; a number: the input of the layer so many before it. */
  readonly residual?: boolean | number;
  /** Belongs to the block of the layer before. */
  readonly joined?: boolean;
}

/** Layers, global average and a linear layer with `classes` outputs; weights at a scale that keeps values near 1. */
export const chainNetwork = (
  inputShape: readonly [number, number, number],
  layers: readonly ChainLayer[],
  classes: number,
  seed: number,
): DeployableNetwork => {
  const nodes: OpNode[] = [];
  const types = new Map<NodeId, OpNode['type']>([['image', float32(...inputShape)]]);
  const weights = new Map<string, Tensor>();
  const add = (id: string, op: string, inputs: readonly NodeId[], attributes: Attributes, group: string): NodeId => {
    const definition = testRegistry.ops.require(op);
    const inputTypes = inputs.map((input) => types.get(input)!);
    const type = definition.inferType(attributes, inputTypes);
    nodes.push({ kind: 'op', id, op, attributes, inputs, type, group });
    types.set(id, type);
    for (const { name, shape } of definition.parameters?.(attributes, inputTypes) ?? []) {
      const random = new Random({ seed, stream: `test.${id}.${name}` });
      const fanIn = name === 'bias' ? 1 : elementCount(shape) / shape.at(-1)!;
      const data = Float32Array.from({ length: elementCount(shape) }, () => random.normal() * Math.sqrt(1.5 / fanIn));
      weights.set(parameterId(id, name), { shape, data });
    }
    return id;
  };
  let last: NodeId = 'image';
  let group = '';
  const inputs: NodeId[] = [];
  for (const [index, layer] of layers.entries()) {
    const prefix = `layer${index}`;
    if (!layer.joined) group = prefix;
    inputs.push(last);
    const { kernel, stride } = layer;
    const attributes =
      layer.op === 'conv2d'
        ? { width: layer.channels!, kernel, stride, bias: true, groups: layer.groups ?? 1 }
        : { kernel, stride, bias: true };
    let output = add(`${prefix}.conv`, layer.op, [last], attributes, group);
    if (layer.activation) output = add(`${prefix}.act`, layer.activation, [output], {}, group);
    if (layer.residual)
      output = add(`${prefix}.sum`, 'add', [output, inputs[index - Number(layer.residual === true ? 0 : layer.residual)]!], {}, group);
    last = output;
  }
  last = add('pool', 'globalAvgPool', [last], {}, 'head');
  last = add('logits', 'linear', [last], { width: classes, bias: true }, 'head');
  return {
    name: 'chain',
    graph: { inputs: [{ id: 'image', type: float32(...inputShape) }], nodes, outputs: [last], groups: [] },
    weights,
    classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
    normalisation: { mean: inputShape[2] === 1 ? [0.5] : [0.5, 0.5, 0.5], std: inputShape[2] === 1 ? [0.25] : [0.25, 0.25, 0.25] },
  };
};
