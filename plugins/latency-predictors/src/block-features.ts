// What the latency of a block is told from, where it was not measured: its kind, sizes and attributes, from its key.
import type { PredictedSpace } from '@nasc/core';
import { readBlockKey } from '@nasc/profile';
import type { ReadBlock } from '@nasc/profile';

/** Multiply-accumulates, parameters, bytes of inputs and outputs. */
export interface Work {
  readonly macs: number;
  readonly parameters: number;
  readonly activationBytes: number;
}

export interface BlockFeatures {
  /** Blocks of one kind alone tell of each other. */
  readonly kind: string;
  readonly work: Work;
  /** Logarithms of what grows with the image and the widths. */
  readonly sizes: readonly number[];
  /** Logarithms of the attributes that are numbers, by name. */
  readonly attributes: ReadonlyMap<string, number>;
  /** All others. */
  readonly labels: string;
}

const product = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);
const bytesOfFloat = 4;

/** Of the blocks of the published grammar: what their keys say of the work, where nothing else does. */
const workOf = ({ kind, inputs, output, attributes }: ReadBlock): Work | undefined => {
  const [input] = inputs;
  const width = input?.at(-1);
  const outWidth = output.at(-1);
  if (inputs.length !== 1 || width === undefined || outWidth === undefined) return undefined;
  const pixels = product(input!) / width;
  const outPixels = product(output) / outWidth;
  const activationBytes = bytesOfFloat * (product(input!) + product(output));
  const convolution = (kernel: number): Work => {
    const parameters = kernel * kernel * width * outWidth;
    return { macs: outPixels * parameters, parameters, activationBytes };
  };
  if (kind === 'Conv') return convolution(3);
  if (kind === 'Conv_1') return convolution(1);
  if (kind === 'Logits') return { macs: width * outWidth, parameters: width * outWidth, activationBytes };
  const { kernel, expand } = attributes;
  if (kind !== 'expanded_conv' || typeof kernel !== 'number' || typeof expand !== 'number') return undefined;
  const hidden = expand * width;
  const expanding = expand === 1 ? 0 : width * hidden;
  const depthwise = kernel * kernel * hidden;
  const projecting = hidden * outWidth;
  return {
    macs: pixels * expanding + outPixels * (depthwise + projecting),
    parameters: expanding + depthwise + projecting,
    activationBytes,
  };
};

const addWork = (a: Work, b: Work): Work => ({
  macs: a.macs + b.macs,
  parameters: a.parameters + b.parameters,
  activationBytes: a.activationBytes + b.activationBytes,
});

const combined = (works: readonly (Work | undefined)[]): Work | undefined =>
  works.reduce((total, work) => (total && work ? addWork(total, work) : undefined));

type Given = PredictedSpace['blocks'][string];

/** `given` are sizes of the block, where they are known. Undefined for a key that says too little. */
export const blockFeatures = (key: string, given: Given | undefined): BlockFeatures | undefined => {
  const blocks = readBlockKey(key);
  if (!blocks) return undefined;
  const { macs, parameters, activationBytes } = given ?? {};
  const work =
    macs === undefined || parameters === undefined || activationBytes === undefined
      ? combined(blocks.map(workOf))
      : { macs, parameters, activationBytes };
  if (!work) return undefined;
  const attributes = new Map<string, number>();
  const labels: string[] = [];
  for (const block of blocks) {
    for (const [name, value] of Object.entries(block.attributes)) {
      if (typeof value === 'number') attributes.set(name, Math.log1p(Math.max(0, value)));
      else labels.push(`${name}:${value}`);
    }
  }
  const { inputs } = blocks[0]!;
  const { output } = blocks.at(-1)!;
  const width = Math.max(...inputs.map((shape) => shape.at(-1)!));
  const sizes = [
    work.macs,
    work.parameters,
    work.activationBytes,
    product(inputs[0]!) / inputs[0]!.at(-1)!,
    product(output) / output.at(-1)!,
    width,
    output.at(-1)!,
  ].map(Math.log1p);
  return { kind: blocks.map(({ kind }) => kind).join(' & '), work, sizes, attributes, labels: labels.toSorted().join(' ') };
};
