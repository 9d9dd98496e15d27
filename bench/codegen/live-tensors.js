// What a runtime that goes through a folded network op by op needs at least beside the weights: the largest sum of tensors that are
// alive at once. Activations and additions are computed in place, as if they were part of the op before them. The network's input and
// output are the caller's, as they are in generated code.

const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** Ops whose output may lie over an input that nobody else reads any more. */
const inPlace = new Set(['relu', 'relu6', 'hSwish', 'hSigmoid', 'sigmoid', 'add', 'mul']);

/** The node over whose tensor the output of `node` is written; undefined where it needs one of its own. */
const underOf = (node, index, { positions, lastReads, shapes }) => {
  if (!inPlace.has(node.op)) return undefined;
  const fits = (id) => lastReads.get(id) === index && positions.has(id) && product(shapes.get(id)) === product(node.type.shape);
  // Of two that fit, the one that was computed last is the op before.
  return node.inputs.filter(fits).toSorted((a, b) => positions.get(b) - positions.get(a))[0];
};

/** Bytes, and the op at which so much is alive. */
export const liveTensors = (graph) => {
  const positions = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const shapes = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type.shape]));
  const lastReads = new Map(graph.nodes.flatMap(({ inputs }, index) => inputs.map((id) => [id, index])));
  const rootOf = new Map();
  const lives = new Map();
  for (const [index, node] of graph.nodes.entries()) {
    const under = underOf(node, index, { positions, lastReads, shapes });
    const root = under === undefined ? node.id : rootOf.get(under);
    const first = lives.get(root)?.first ?? index;
    const outside = lives.get(root)?.outside || graph.outputs.includes(node.id);
    rootOf.set(node.id, root);
    lives.set(root, { bytes: 4 * product(node.type.shape), first, last: lastReads.get(node.id) ?? index, outside });
  }
  const inArena = [...lives.values()].filter(({ outside }) => !outside);
  const aliveAt = (index) =>
    inArena.filter(({ first, last }) => first <= index && index <= last).reduce((sum, { bytes }) => sum + bytes, 0);
  const sums = graph.nodes.map((_, index) => aliveAt(index));
  const bytes = Math.max(...sums);
  return { bytes, at: graph.nodes[sums.indexOf(bytes)].id };
};
