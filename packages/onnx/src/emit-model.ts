// What a target emits whose code is the ONNX file itself: the model, what it expects as data, and how to use both.
import type { CoverageRow, DeployableNetwork, EmittedFiles } from '@nasc/core';
import type { OpLookup, OpNode } from '@nasc/ir';
import { describeTask } from './metadata.ts';
import { summariseOnnx } from './summarise-onnx.ts';
import type { OnnxSummary, OnnxValueSummary } from './summarise-onnx.ts';
import { outputName, writeOnnx } from './write-onnx.ts';

export const modelFile = 'model.onnx';

export interface ModelFilesOptions {
  /** Where the latency comes from: a sentence or two of the README. */
  readonly latency: string;
  /** Threads inside an operator that the calls in the README ask for; the runtime's own default where absent. */
  readonly threads?: number;
}

/** Whether a node can be in an ONNX file: true, or why not. */
export const hasOnnxLowering = (node: OpNode, ops: OpLookup): true | string =>
  ops.get(node.op)?.lower.onnx !== undefined || `op "${node.op}" has no ONNX lowering`;

const list = (values: readonly number[]) => values.map((value) => String(Number(value.toPrecision(6)))).join(', ');

const readme = (network: DeployableNetwork, input: OnnxValueSummary, { latency, threads }: ModelFilesOptions): string => {
  const shape = input.shape.join(', ');
  const one = [1, ...input.shape.slice(1)].join(', ');
  const nodeOptions = threads === undefined ? '' : `, { intraOpNumThreads: ${threads} }`;
  const pythonOptions =
    threads === undefined ? '' : `    options = onnxruntime.SessionOptions()\n    options.intra_op_num_threads = ${threads}\n`;
  return `# ${network.name}

A network for ONNX Runtime.

* \`${modelFile}\`: input \`${input.name}\`, float32 \`[${shape}]\` (channels first); output \`${outputName}\`, float32 \`[${input.shape[0]}, ${network.classes.length}]\`, before softmax.
* \`model.json\`: class names and normalisation.

Normalise each channel with \`(byte / 255 - mean) / std\`, mean [${list(network.normalisation.mean)}], std [${list(network.normalisation.std)}].
${latency}

## Node

    import { InferenceSession, Tensor } from "onnxruntime-node";
    const session = await InferenceSession.create('${modelFile}'${nodeOptions});
    const { ${outputName} } = await session.run({ '${input.name}': new Tensor('float32', image, [${one}]) });

## Python

    import onnxruntime
${pythonOptions}    session = onnxruntime.InferenceSession('${modelFile}'${threads === undefined ? '' : ', options'}, providers=['CPUExecutionProvider'])
    (${outputName},) = session.run(['${outputName}'], {'${input.name}': images})
`;
};

/** Which ONNX operators stand for each node of the network; a node that does nothing at inference has none. */
const coverageOf = (network: DeployableNetwork, onnx: OnnxSummary): readonly CoverageRow[] => {
  const operators = new Map<string, string[]>();
  for (const { name, opType } of onnx.nodes) {
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
export const emitModel = (
  network: DeployableNetwork,
  onnx: Uint8Array | undefined,
  ops: OpLookup,
  options: ModelFilesOptions,
): EmittedFiles => {
  const model = onnx ?? writeOnnx(network.graph, network.weights, ops, { name: network.name, metadata: describeTask(network) });
  const summary = summariseOnnx(model);
  const [input] = summary.inputs;
  if (!input) throw new TypeError(`Network "${network.name}" has no input`);
  const description = {
    model: modelFile,
    input: { name: input.name, layout: 'NCHW', shape: input.shape, dtype: 'float32' },
    output: { name: outputName, shape: [input.shape[0], network.classes.length], dtype: 'float32' },
    normalisation: network.normalisation,
    classes: network.classes,
    ...(options.threads !== undefined && { threads: options.threads }),
  };
  return {
    files: new Map<string, string | Uint8Array>([
      [modelFile, model],
      ['model.json', `${JSON.stringify(description, undefined, 2)}\n`],
      ['README.md', readme(network, input, options)],
    ]),
    coverage: coverageOf(network, summary),
  };
};
