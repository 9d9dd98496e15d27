// A network of `networks.js` as both sides get it: folded, with random weights, and as ONNX.
import { setUpPlugins, trackedRegistry } from '../../packages/core/dist/index.js';
import { expandSpace, readSpaceSource, resolveSpace } from '../../packages/expand/dist/index.js';
import { choicesOf, costSummary, costTable, initialiseParameters, parameterId } from '../../packages/ir/dist/index.js';
import { writeOnnx } from '../../packages/onnx/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { deployedGraph } from '../../packages/transforms/dist/index.js';
import { opsPlugin } from '../../plugins/ops/dist/index.js';
import { spacesPlugin } from '../../plugins/spaces/dist/index.js';
import { targetCpu } from '../../plugins/target-cpu/dist/index.js';

const host = await setUpPlugins([opsPlugin, spacesPlugin, targetCpu]);
export const registry = trackedRegistry(host.registrations, {});

/** The space of a name at a size. */
export const expand = (space, { resolution, channels, classes }) => {
  const resolved = resolveSpace(readSpaceSource(space, '.', registry.spaces), registry.spaces);
  return expandSpace(resolved.space, { inputShape: [resolution, resolution, channels], classes }, registry);
};

/** Biases that are not zero, as they are behind batch normalisation that was folded. */
const withBiases = (graph, weights) => {
  for (const { id } of graph.nodes) {
    const bias = weights.get(parameterId(id, 'bias'));
    const random = new Random({ seed: 4, stream: `bench.bias ${id}` });
    if (bias) for (let i = 0; i < bias.data.length; i++) bias.data[i] = random.uniform() - 0.5;
  }
  return weights;
};

/** What a target emits, and the same as an ONNX file. */
export const deployable = (name, graph, { classes, channels }) => {
  const weights = withBiases(graph, initialiseParameters(graph, registry.ops, 0));
  const names = Array.from({ length: classes }, (_, index) => String(index));
  const normalisation = { mean: Array(channels).fill(0), std: Array(channels).fill(1) };
  return {
    network: { name, graph, weights, classes: names, normalisation },
    onnx: writeOnnx(graph, weights, registry.ops, { name, opset: 15, dynamicBatch: false }),
    macs: costSummary(graph, costTable(graph, registry.ops)).shared.macs,
  };
};

/** The network's graph as `build` makes it of a search space and the candidates' indices. */
export const networkGraph = ({ name, input, space, blocks }, build) => {
  const graph = expand(space, input);
  const indices = choicesOf(graph).map(({ id, candidates }, choice) => {
    const index = blocks ? candidates.findIndex((candidate) => candidate.name === blocks[choice]) : 0;
    if (index < 0) throw new Error(`${name}: ${id} has no candidate "${blocks[choice]}"`);
    return index;
  });
  return build(graph, indices);
};

export const prepareNetwork = (definition) => {
  const { name, size, input } = definition;
  const { resolution, channels } = input;
  const elements = resolution * resolution * channels;
  const graph = networkGraph(definition, (space, indices) => deployedGraph(space, indices, registry.patterns));
  return { name, size, input, elements, ...deployable(name, graph, input) };
};

/** Random images, one after the other, as a network gets them. */
export const randomImages = ({ resolution, channels }, count) => {
  const random = new Random({ seed: 5, stream: 'bench.images' });
  return Float32Array.from({ length: count * resolution * resolution * channels }, () => 2 * random.uniform() - 1);
};
