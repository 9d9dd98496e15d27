// Several networks that see the same images as one: for what takes its time for each network, as a compiler does.
import { elementCount, float32, parameterId, typesOf } from '@nasc/ir';
import type { NetworkGraph, NodeId, OpNode } from '@nasc/ir';
import type { Computer, Values } from '../computers/computer.ts';
import { opLookup } from '../registered-ops.ts';
import type { NetworkCase } from './network-case.ts';

const classesOf = ({ graph }: NetworkCase): number => elementCount(typesOf(graph).get(graph.outputs[0]!)!.shape);

const merge = (cases: readonly NetworkCase[]): NetworkCase => {
  const [{ graph: first, batch }] = cases as readonly [NetworkCase, ...NetworkCase[]];
  const image = first.inputs[0]!;
  const nodes: OpNode[] = [];
  const parameters = new Map<string, NonNullable<ReturnType<NetworkCase['parameters']['get']>>>();
  const outputs: NodeId[] = [];
  for (const [index, { graph, parameters: own }] of cases.entries()) {
    const renamed = (id: NodeId) => (id === graph.inputs[0]!.id ? image.id : `n${index}.${id}`);
    for (const node of graph.nodes) {
      nodes.push({ ...node, id: renamed(node.id), inputs: node.inputs.map(renamed) });
      const specs =
        opLookup.get(node.op)!.parameters?.(
          node.attributes,
          node.inputs.map((id) => typesOf(graph).get(id)!),
        ) ?? [];
      for (const { name } of specs) parameters.set(parameterId(renamed(node.id), name), own.get(parameterId(node.id, name))!);
    }
    outputs.push(renamed(graph.outputs[0]!));
  }
  const classes = cases.reduce((sum, network) => sum + classesOf(network), 0);
  const type = float32(classes);
  const graph: NetworkGraph = {
    inputs: [image],
    nodes: [...nodes, { kind: 'op', id: 'scores', op: 'concat', attributes: { axis: 0 }, inputs: outputs, type }],
    outputs: ['scores'],
    groups: [],
  };
  return { name: 'together', graph, parameters, batch: { ...batch, targets: new Float32Array(batch.count * classes) } };
};

/** The scores of one network, out of those of all of its group. */
const part = (all: Values, group: readonly NetworkCase[], network: NetworkCase): Values => {
  const widths = group.map(classesOf);
  const before = widths.slice(0, group.indexOf(network)).reduce((sum, width) => sum + width, 0);
  const [own, total] = [classesOf(network), widths.reduce((sum, width) => sum + width, 0)];
  return Float64Array.from({ length: network.batch.count * own }, (_, at) => all[Math.floor(at / own) * total + before + (at % own)]!);
};

/** The same computer, which computes all networks of a group at once. The networks of a group have the same images. */
export const inGroups = <C extends Computer>(computer: C, groups: readonly (readonly NetworkCase[])[]): C => {
  const computed = new Map<readonly NetworkCase[], Promise<Values>>();
  return {
    ...computer,
    async infer(network) {
      const group = groups.find((networks) => networks.includes(network));
      if (!group) throw new RangeError(`"${network.name}" is in no group`);
      const scores = computed.get(group) ?? computer.infer(merge(group));
      computed.set(group, scores);
      return part(await scores, group, network);
    },
  };
};
