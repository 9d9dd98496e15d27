// The engine's speed where arithmetic decides it: a training step of 1x1 convolutions, beside what the processor does at most.
import { measurePeak } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import type { EngineSpeed, SpeedOptions, Program, TrainingBatch, TrainingEngine } from '@nasc/core';
import { elementCount, float32 } from '@nasc/ir';
import type { Attributes, Graph, OpLookup, OpNode } from '@nasc/ir';

/** As the late blocks of a network have it. Images have few channels: copying them in is not what is measured. */
const [batchSize, size, channels] = [16, 14, 256];
const imageChannels = 16;
const classes = 8;

const layers: readonly (readonly [op: string, attributes: Attributes])[] = [
  ['conv2d', { width: channels, kernel: 1 }],
  ['conv2d', { width: channels, kernel: 1 }],
  ['conv2d', { width: channels, kernel: 1 }],
  ['conv2d', { width: channels, kernel: 1 }],
  ['globalAvgPool', {}],
  ['linear', { width: classes }],
];

/** The layers one behind the other, and the floating-point operations of a training step. */
const chain = (ops: OpLookup): { readonly graph: Graph<OpNode>; readonly operations: number } => {
  const input = { id: 'image', type: float32(size, size, imageChannels) };
  const nodes: OpNode[] = [];
  let operations = 0;
  let [id, type] = [input.id, input.type];
  for (const [index, [op, attributes]] of layers.entries()) {
    const definition = ops.get(op)!;
    const output = definition.inferType(attributes as never, [type]);
    // Forward and gradient of the weights, and of the input where a layer is in front: a multiply-add each, two operations.
    operations += 2 * (index === 0 ? 2 : 3) * batchSize * (definition.macs?.(attributes as never, [type], output) ?? 0);
    nodes.push({ kind: 'op', id: `layer${index}`, op, attributes, inputs: [id], type: output });
    [id, type] = [`layer${index}`, output];
  }
  return { graph: { inputs: [input], nodes, outputs: [id], groups: [] }, operations };
};

/** Values between -1 and 1 without a pattern: denormals and zeros would not be representative. */
const values = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * i + 1));

/** Seconds of the fastest of the steps that are made within `seconds`, of three at least. */
const fastestStep = async (program: Program, seconds: number): Promise<number> => {
  const batch: TrainingBatch = {
    count: batchSize,
    images: values(batchSize * size * size * imageChannels),
    targets: Float32Array.from({ length: batchSize * classes }, (_, i) => (i % classes === 0 ? 1 : 0)),
  };
  const { parameters } = await program.readState();
  await program.writeState({
    parameters: new Map([...parameters].map(([id, { shape }]) => [id, { shape, data: values(elementCount(shape)) }])),
  });
  const ended = performance.now() + 1000 * seconds;
  let fastest = Infinity;
  for (let step = 0; step < 3 || performance.now() < ended; step++) {
    const started = performance.now();
    await program.forwardBackward(batch, singlePath([]), { gradients: 'weights', batchNorm: 'batch', randomKey: [0, 0] });
    fastest = Math.min(fastest, (performance.now() - started) / 1000);
  }
  return fastest;
};

export const measureSpeed = async (compile: TrainingEngine['compile'], options: SpeedOptions): Promise<EngineSpeed> => {
  const { ops, threads, cacheFolder } = options;
  const { graph, operations } = chain(ops);
  const program = await compile(graph, { ...options, activePaths: 1, batchSize });
  const seconds = await fastestStep(program, 0.4).finally(() => program.dispose());
  const { gigaflops: peak } = await measurePeak({ threads, cacheFolder });
  const { gigaflops: peakOfOneThread } = await measurePeak({ threads: 1, cacheFolder });
  return { gigaflops: operations / seconds / 1e9, peak, peakOfOneThread };
};
