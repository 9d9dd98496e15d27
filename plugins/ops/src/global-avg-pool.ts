// Mean over all pixels: an image becomes a vector.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { channelsOf, imageShape } from './shared/shapes.ts';

/** Batch, pixels, channels. */
const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => {
  const [height, width, channels] = imageShape('globalAvgPool', inputs[0]!);
  return [batch, height * width, channels];
};

const source = `
/* Item: one image n. y[n, c] = mean over all pixels of x[n, pixel, c] */
NASC_KERNEL(globalAvgPool_forward) {
  NASC_UNUSED(scalars);
  const int64_t pixels = dims[1], channels = dims[2];
  for (int64_t n = first; n < last; n++) {
    const real *restrict x = tensors[0] + n * pixels * channels;
    real *restrict y = tensors[1] + n * channels;
    memset(y, 0, (size_t)channels * sizeof(real));
    for (int64_t pixel = 0; pixel < pixels; pixel++)
      for (int64_t c = 0; c < channels; c++) y[c] += x[pixel * channels + c];
    for (int64_t c = 0; c < channels; c++) y[c] /= (real)pixels;
  }
}

/* Item: one image n. dx[n, pixel, c] = dy[n, c] / pixels */
NASC_KERNEL(globalAvgPool_inputGradient) {
  NASC_UNUSED(scalars);
  const int64_t pixels = dims[1], channels = dims[2];
  for (int64_t n = first; n < last; n++) {
    const real *restrict dy = tensors[0] + n * channels;
    real *restrict dx = tensors[1] + n * pixels * channels;
    for (int64_t pixel = 0; pixel < pixels; pixel++)
      for (int64_t c = 0; c < channels; c++) dx[pixel * channels + c] = dy[c] / (real)pixels;
  }
}
`;

export const globalAvgPool = defineOp<Attributes>({
  name: 'globalAvgPool',
  doc: 'y[c] = mean over all pixels of x[y, x, c]; [H, W, C] becomes [C].',
  attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
  arity: 1,
  inferType: (_attributes, [input]) => float32(imageShape('globalAvgPool', input!)[2]),
  lower: {
    c: cLowering<Attributes>({
      source,
      inference: (view) => [
        { kernel: 'globalAvgPool_forward', tensors: [operand.input(), operand.output], dims: dimsOf(view), items: view.batch },
      ],
      inputGradient: (view) => [
        {
          kernel: 'globalAvgPool_inputGradient',
          tensors: [operand.outputGradient, operand.inputGradient()],
          dims: dimsOf(view),
          items: view.batch,
        },
      ],
    }),
    onnx: onnxLowering<Attributes>({
      emit: ({ output }, [x], emitter) => {
        const pixel = emitter.node('GlobalAveragePool', [x!], {}, [channelsOf(output), 1, 1]);
        return emitter.node('Flatten', [pixel], { axis: 1 });
      },
    }),
    tfjs: tfjsLowering<Attributes>(({ tf, inputs: [x] }) => tf.mean(x!, [1, 2])),
  },
  examples: [
    { name: 'square', attributes: {}, inputs: [float32(4, 4, 10)] },
    { name: 'odd size, many channels', attributes: {}, inputs: [float32(3, 5, 70)] },
    { name: 'one pixel', attributes: {}, inputs: [float32(1, 1, 3)] },
  ],
});
