// The files for ONNX Runtime: the model, what it expects as data, and how to use both.
import type { CoverageRow, DeployableNetwork, EmittedFiles } from '@nasc/core';
import type { OpLookup } from '@nasc/ir';
import { inputName, outputName, readOnnxModel, writeOnnx } from '@nasc/onnx';

export const modelFile = 'model.onnx';

const list = (values: readonly number[]) => values.map((value) => String(Number(value.toPrecision(6)))).join(', ');

const readme = (network: DeployableNetwork, shape: readonly number[], threads: number): string => `# ${network.name}

A network for ONNX Runtime.

* \`${modelFile}\`: input \`${inputName}\`, float32 \`[N, ${[shape[2], shape[0], shape[1]].join(', ')}]\` (channels first); output \`${outputName}\`, float32 \`[N, ${network.classes.length}]\`, before softmax.
* \`model.json\`: class names and normalisation.

Normalise each channel with \`(byte / 255 - mean) / std\`, mean [${list(network.normalisation.mean)}], std [${list(network.normalisation.std)}].
Latency was measured for one image a call and ${threads === 1 ? 'one thread' : `${threads} threads`} inside an operator; set the same to get it.

## Node

    import { InferenceSession, Tensor } from "onnxruntime-node";
    const session = await InferenceSession.create('${modelFile}', { intraOpNumThreads: ${threads} });
    const { ${outputName} } = await session.run({ ${inputName}: new Tensor('float32', image, [1, ${[shape[2], shape[0], shape[1]].join(', ')}]) });

## Python

    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = ${threads}
    session = onnxruntime.InferenceSession('${modelFile}', options, providers=['CPUExecutionProvider'])
    (${outputName},) = session.run(['${outputName}'], {'${inputName}': images})
`;

/** Which ONNX operators stand for each node of the network; a node that does nothing at inference has none. */
const coverageOf = (network: DeployableNetwork, onnx: Uint8Array): readonly CoverageRow[] => {
  const operators = new Map<string, string[]>();
  for (const { name, opType } of readOnnxModel(onnx).nodes) {
    const id = name.split('/')[0]!; // a decomposition's nodes are `id/OpType`
    operators.set(id, [...(operators.get(id) ?? []), opType]);
  }
  return network.graph.nodes.map((node) => ({
    node: node.id,
    kernel: operators.get(node.id)?.join(' + ') ?? 'nothing to do',
    kind: 'special',
  }));
};

/** Uses the model that `export` verified; without one it is written from the network. */
export const emitFiles = (network: DeployableNetwork, onnx: Uint8Array | undefined, ops: OpLookup, threads: number): EmittedFiles => {
  const model = onnx ?? writeOnnx(network.graph, network.weights, ops, network);
  const [input] = network.graph.inputs;
  if (!input) throw new TypeError(`Network "${network.name}" has no input`);
  const [height, width, channels] = input.type.shape;
  const description = {
    model: modelFile,
    input: { name: inputName, layout: 'NCHW', shape: ['N', channels, height, width], dtype: 'float32' },
    output: { name: outputName, shape: ['N', network.classes.length], dtype: 'float32' },
    normalisation: network.normalisation,
    classes: network.classes,
    threads,
  };
  return {
    files: new Map<string, string | Uint8Array>([
      [modelFile, model],
      ['model.json', `${JSON.stringify(description, undefined, 2)}\n`],
      ['README.md', readme(network, input.type.shape, threads)],
    ]),
    coverage: coverageOf(network, model),
  };
};
