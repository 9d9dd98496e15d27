// A small task for the tests: images of one bright spot whose place is the class, and a network that can learn it.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '@nasc/core';
import { inMemorySplit, prepareDataset } from '@nasc/data';
import { nativeEngine } from '@nasc/engine-native';
import { buildNetwork, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';

export const shape = { height: 4, width: 4, channels: 1 } as const;
export const normalisation = { mean: [0.3], std: [0.25] } as const;
const classes = ['left', 'right', 'none'];

const split = (count: number, index: number) => {
  const random = new Random({ seed: 5, stream: 'test.images', index });
  const labels = Uint16Array.from({ length: count }, (_, image) => image % 3);
  const pixels = Uint8Array.from({ length: count * 16 }, (_, position) => {
    const label = labels[Math.floor(position / 16)]!;
    const bright = label < 2 && position % 4 === 3 * label;
    return random.integer(100) + (bright ? 120 : 0);
  });
  return inMemorySplit(shape, pixels, labels);
};

const spots = { ...shape, name: 'spots', classes, train: split(300, 0), test: split(60, 1) };
export const dataset = prepareDataset({ ...spots, manifestHash: 'spots', source: 'test', defaultAugmentation: {} }, shape);

export const batchSize = 20;

export const compileNetwork = async (): Promise<Program> => {
  const ops = lookupOf(primitiveOps);
  const graph = buildNetwork({ ops }, (builder) => {
    const image = builder.input('image', float32(4, 4, 1));
    const features = builder.op('act', 'relu', [
      builder.op('norm', 'batchNorm', [builder.op('conv', 'conv2d', [image], { width: 6, kernel: 3 })]),
    ]);
    return builder.op('logits', 'linear', [builder.op('flat', 'reshape', [features], { shape: [96] })], { width: 3 });
  });
  const cacheFolder = join(tmpdir(), 'nasc-engine-native-test');
  const program = await nativeEngine.compile(graph, { ops, patterns: lookupOf([]), activePaths: 1, batchSize, threads: 2, cacheFolder });
  await program.writeState({ parameters: initialiseParameters(graph, ops, 1) });
  return program;
};
