// A network written as ONNX and read back: the same graph, the same bits of weights, and the same file when it is written again.
import { completeAttributes, hashGraph, parametersOf, printGraph } from '@nasc/ir';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { readOnnx, summariseOnnx, writeOnnx } from '@nasc/onnx';
import type { OnnxOptions } from '@nasc/onnx';
import { rewriteGraph } from '@nasc/transforms';
import { opLookup, patterns } from './registered-ops.ts';

/** What a file can hold of a graph: attributes with their defaults, and no op that does nothing at inference. */
const asWritten = (graph: NetworkGraph): NetworkGraph => {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: completeAttributes(opLookup.get(node.op)!, node.attributes, node.id),
  }));
  return rewriteGraph(
    { ...graph, nodes },
    patterns.filter(({ name }) => name === 'dropIdentity'),
    'simplify',
  );
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer => Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** Parameters whose shape or bits differ. */
const changed = (weights: TensorTable, before: TensorTable): readonly string[] =>
  [...weights.keys()].filter((id) => {
    const [now, was] = [weights.get(id)!, before.get(id)!];
    return String(now.shape) !== String(was.shape) || Buffer.compare(bytesOf(now.data), bytesOf(was.data)) !== 0;
  });

/** What is read from the file of a network, and what should be: equal where nothing is lost or changed. */
export const readBack = (
  { graph, weights }: { readonly graph: NetworkGraph; readonly weights: TensorTable },
  options: Partial<OnnxOptions> = {},
): { readonly found: unknown; readonly expected: unknown } => {
  const written = { name: 'network', metadata: { classes: '["a"]' }, dynamicBatch: true, opset: 15, ...options };
  const bytes = writeOnnx(graph, weights, opLookup, written);
  const { graph: read, weights: parameters, ...rest } = readOnnx(bytes, opLookup);
  const expected = asWritten(graph);
  // The texts are for people: a difference is easier to see in them.
  const describe = (network: NetworkGraph) => ({ text: printGraph(network), hash: hashGraph(network) });
  return {
    found: {
      ...describe(read),
      options: rest,
      parameters: [...parameters.keys()],
      changed: changed(parameters, weights),
      sameFileAgain: Buffer.compare(writeOnnx(read, parameters, opLookup, rest), bytes) === 0,
    },
    expected: {
      ...describe(expected),
      options: written,
      parameters: parametersOf(expected, opLookup).map(({ id }) => id),
      changed: [],
      sameFileAgain: true,
    },
  };
};

/** Values of a file whose shape is not written down. */
export const undescribedValues = (bytes: Uint8Array): readonly string[] => {
  const { nodes, shapes } = summariseOnnx(bytes);
  return nodes.flatMap(({ outputs }) => outputs).filter((name) => !shapes.has(name));
};
