// The kinds of blocks that a step's time is told by: a candidate's macro at its place in the network, or a group of the trunk.
import { typesOf } from '../../packages/ir/dist/index.js';

/** Operations of some nodes for a batch: of multiply-adds, twice as many backward; what reads the image has no gradient of its input. */
const flopsOf = ({ graph, costs, batchSize }, nodes) => {
  const image = graph.inputs[0].id;
  const macs = (times) => nodes.reduce((sum, node) => sum + costs[node.id].macs * times(node), 0);
  return {
    forward: 2 * batchSize * macs(() => 1),
    backward: 2 * batchSize * macs(({ inputs }) => (inputs.includes(image) ? 1 : 2)),
  };
};

/** `place` is the input, channels and stride of a block, `kind` its expansion and kernel too. */
const candidateBlock = (task, types, choice, candidate) => {
  const [height, width, channelsIn] = types.get(choice.inputs[0]).shape;
  const [heightOut, , channelsOut] = choice.type.shape;
  const place = `${height}x${width} ${channelsIn}→${channelsOut}${heightOut < height ? ' s2' : ''}`;
  const { expansion, kernel } = candidate.attributes;
  return { place, kind: `${place} e${expansion} k${kernel}`, flops: flopsOf(task, candidate.graph.nodes) };
};

const trunkBlock = (task, types, { id, macro }) => {
  const nodes = task.graph.nodes.filter((node) => node.kind === 'op' && node.id.startsWith(`${id}.`));
  const place = `${types.get(nodes[0].inputs[0]).shape.join('x')} ${id} (${macro})`;
  return { place, kind: place, flops: flopsOf(task, nodes), nodes };
};

/** `ofPart`: part of a step, as the engine's observer names it -> block. `ofPath`: the blocks that a path runs. */
export const blocksOf = (task) => {
  const { graph, choices } = task;
  const types = typesOf(graph);
  const candidates = choices.map((choice) =>
    choice.candidates.map((candidate) => (candidate.macro === 'zero' ? undefined : candidateBlock(task, types, choice, candidate))),
  );
  const trunk = graph.groups.filter(({ macro }) => macro !== 'choice').map((group) => trunkBlock(task, types, group));
  const parts = new Map(trunk.flatMap((block) => block.nodes.map(({ id }) => [id, block])));
  choices.forEach((choice, index) =>
    choice.candidates.forEach(({ name }, candidate) => parts.set(`${choice.id}/${name}`, candidates[index][candidate])),
  );
  return {
    ofPart: (part) => parts.get(part),
    ofPath: (path) => [...trunk, ...path.flatMap((candidate, choice) => candidates[choice][candidate] ?? [])],
  };
};
