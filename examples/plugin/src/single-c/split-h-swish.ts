// Legalisation: hSwish(x) is x * hSigmoid(x), for which there are kernels already.
import type { NetworkGraph } from 'nasc/plugin';

export const splitHSwish = (graph: NetworkGraph): NetworkGraph => ({
  ...graph,
  nodes: graph.nodes.flatMap((node) => {
    if (node.op !== 'hSwish') return [node];
    const gate = { ...node, id: `${node.id}.gate`, op: 'hSigmoid' };
    return [gate, { ...node, op: 'mul', inputs: [...node.inputs, gate.id] }];
  }),
});
