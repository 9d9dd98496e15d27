// Independent float64 evaluation of small networks, straight from the definitions; batch 1. For tests.
import { parameterId } from '@nasc/ir';
import type { NetworkGraph, OpNode, TensorTable } from '@nasc/ir';

type Values = Float64Array;

const convolution = (node: OpNode, x: Values, shape: readonly number[], weights: TensorTable, depthwise: boolean): Values => {
  const weight = weights.get(parameterId(node.id, 'weight'))!;
  const bias = weights.get(parameterId(node.id, 'bias'))?.data;
  const [height, width, channelsIn] = shape as [number, number, number];
  const [outputHeight, outputWidth, channelsOut] = node.type.shape as [number, number, number];
  const [kernel, , inputsPerGroup] = weight.shape as [number, number, number];
  const stride = (node.attributes['stride'] as number | undefined) ?? 1;
  const padding = kernel >> 1;
  const perOutput = depthwise ? 1 : inputsPerGroup;
  const groups = channelsIn / perOutput;
  const y = new Float64Array(outputHeight * outputWidth * channelsOut);
  for (let oy = 0; oy < outputHeight; oy++) {
    for (let ox = 0; ox < outputWidth; ox++) {
      for (let o = 0; o < channelsOut; o++) {
        const group = Math.floor(o / (channelsOut / groups));
        let sum = bias?.[o] ?? 0;
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            const [iy, ix] = [oy * stride + ky - padding, ox * stride + kx - padding];
            if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
            for (let i = 0; i < perOutput; i++) {
              const w = weight.data[((ky * kernel + kx) * perOutput + i) * channelsOut + o]!;
              sum += x[(iy * width + ix) * channelsIn + group * perOutput + i]! * w;
            }
          }
        }
        y[(oy * outputWidth + ox) * channelsOut + o] = sum;
      }
    }
  }
  return y;
};

const linear = (node: OpNode, x: Values, weights: TensorTable): Values => {
  const weight = weights.get(parameterId(node.id, 'weight'))!;
  const bias = weights.get(parameterId(node.id, 'bias'))?.data;
  const [channelsIn, channelsOut] = weight.shape as [number, number];
  return Float64Array.from({ length: channelsOut }, (_, o) => {
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < channelsIn; i++) sum += x[i]! * weight.data[i * channelsOut + o]!;
    return sum;
  });
};

const relu6 = (x: number): number => Math.min(Math.max(x, 0), 6);

const elementwise: Readonly<Record<string, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  relu6,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  hSigmoid: (x) => relu6(x + 3) / 6,
  hSwish: (x) => (x * relu6(x + 3)) / 6,
  identity: (x) => x,
};

/** Output of a network for one image. */
export const evaluateReference = (graph: NetworkGraph, weights: TensorTable, image: Float32Array): Values => {
  const values = new Map<string, Values>([[graph.inputs[0]!.id, Float64Array.from(image)]]);
  const shapes = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type.shape]));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => values.get(id)!);
    const [x] = inputs;
    const shape = shapes.get(node.inputs[0]!)!;
    if (node.op === 'conv2d' || node.op === 'depthwiseConv2d') {
      values.set(node.id, convolution(node, x!, shape, weights, node.op === 'depthwiseConv2d'));
    } else if (node.op === 'linear') values.set(node.id, linear(node, x!, weights));
    else if (node.op === 'add')
      values.set(
        node.id,
        x!.map((value, index) => value + inputs[1]![index]!),
      );
    else if (node.op === 'globalAvgPool') {
      const channels = shape[2]!;
      const pixels = shape[0]! * shape[1]!;
      const mean = new Float64Array(channels);
      for (const [index, value] of x!.entries()) mean[index % channels]! += value / pixels;
      values.set(node.id, mean);
    } else {
      const apply = elementwise[node.op];
      if (!apply) throw new Error(`The reference has no op "${node.op}"`);
      values.set(node.id, x!.map(apply));
    }
  }
  return values.get(graph.outputs[0]!)!;
};
