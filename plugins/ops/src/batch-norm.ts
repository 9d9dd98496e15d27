// Batch normalisation over the last axis (Ioffe and Szegedy, 2015): statistics over the batch and all pixels.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import type { ParameterSpec } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import type { Tensor, Tensor1D, TfjsCall } from '@nasc/tfjs';
import { normaliseBatch } from './shared/normalise-batch.ts';
import { channelsOf, rowsOf } from './shared/shapes.ts';

export interface BatchNormAttributes {
  /** Weight of the new batch in the running statistics (PyTorch's meaning). */
  readonly momentum?: number;
  readonly epsilon?: number;
}

const defaults = { momentum: 0.1, epsilon: 1e-3 };

/** Batch, rows, channels. */
const dimsOf = ({ batch, inputs }: BatchedView<BatchNormAttributes>): readonly number[] => [
  batch,
  batch * rowsOf(inputs[0]!),
  channelsOf(inputs[0]!),
];
const rows = ({ batch, inputs }: BatchedView<BatchNormAttributes>) => batch * rowsOf(inputs[0]!);
const channels = ({ inputs }: BatchedView<BatchNormAttributes>) => channelsOf(inputs[0]!);
const epsilonOf = ({ epsilon = defaults.epsilon }: BatchNormAttributes) => epsilon;

/** With the statistics of the batch, which also move the running ones. */
const inBatch = ({ tf, attributes, inputs, parameters, collect }: TfjsCall<BatchNormAttributes>): Tensor => {
  const { scale, shift, runningMean, runningVariance } = parameters;
  const { momentum = defaults.momentum } = attributes;
  const rows = elementCount(inputs[0]!.shape.slice(0, -1));
  const moved = (running: Tensor, batch: Tensor) => tf.add(running, tf.mul(tf.sub(batch, running), momentum));
  return normaliseBatch(tf, {
    x: inputs[0]!,
    scale: scale!,
    shift: shift!,
    epsilon: epsilonOf(attributes),
    collect: ({ mean, variance }) =>
      collect?.({ mean, variance }, () => ({
        runningMean: moved(runningMean!, mean),
        runningVariance: moved(runningVariance!, rows > 1 ? tf.mul(variance, rows / (rows - 1)) : variance),
      })),
  });
};

const source = `
/* Item: one row. y[c] = (x[c] - runningMean[c]) / sqrt(runningVariance[c] + epsilon) * scale[c] + shift[c] */
NASC_KERNEL(batchNorm_inference) {
  const int64_t channels = dims[2];
  const real epsilon = (real)scalars[0];
  const real *x = tensors[0], *scale = tensors[1], *shift = tensors[2], *mean = tensors[3], *variance = tensors[4];
  real *y = tensors[5];
  for (int64_t start = 0; start < channels; start += 64) {
    const int64_t count = nasc_min(64, channels - start);
    real factor[64];
    for (int64_t c = 0; c < count; c++) factor[c] = scale[start + c] / (real)sqrt((double)(variance[start + c] + epsilon));
    for (int64_t row = first; row < last; row++) {
      const real *restrict in = x + row * channels + start;
      real *restrict out = y + row * channels + start;
      for (int64_t c = 0; c < count; c++) out[c] = (in[c] - mean[start + c]) * factor[c] + shift[start + c];
    }
  }
}

/* Item: one channel. Mean, biased variance and 1 / sqrt(variance + epsilon) over all rows: two passes, sums in double. */
NASC_KERNEL(batchNorm_statistics) {
  const int64_t rows = dims[1], channels = dims[2];
  const real *x = tensors[0];
  for (int64_t start = first; start < last; start += 64) {
    const int64_t count = nasc_min(64, last - start);
    double mean[64] = {0}, square[64] = {0};
    for (int64_t row = 0; row < rows; row++)
      for (int64_t c = 0; c < count; c++) mean[c] += (double)x[row * channels + start + c];
    for (int64_t c = 0; c < count; c++) mean[c] /= (double)rows;
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t c = 0; c < count; c++) {
        const double difference = (double)x[row * channels + start + c] - mean[c];
        square[c] += difference * difference;
      }
    }
    for (int64_t c = 0; c < count; c++) {
      const double variance = square[c] / (double)rows;
      tensors[1][start + c] = (real)mean[c];
      tensors[2][start + c] = (real)variance;
      tensors[3][start + c] = (real)(1 / sqrt(variance + scalars[0]));
    }
  }
}

/* Item: one row. y[c] = (x[c] - mean[c]) * inverseStd[c] * scale[c] + shift[c] */
NASC_KERNEL(batchNorm_normalise) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  const real *restrict mean = tensors[1], *restrict inverseStd = tensors[2], *restrict scale = tensors[3], *restrict shift = tensors[4];
  for (int64_t row = first; row < last; row++) {
    const real *restrict in = tensors[0] + row * channels;
    real *restrict out = tensors[5] + row * channels;
    for (int64_t c = 0; c < channels; c++) out[c] = (in[c] - mean[c]) * (inverseStd[c] * scale[c]) + shift[c];
  }
}

/* Item: one channel. running += momentum * (batch - running), with the unbiased variance rows / (rows - 1) * variance. */
NASC_KERNEL(batchNorm_updateStatistics) {
  const real *mean = tensors[0], *variance = tensors[1];
  real *runningMean = tensors[2], *runningVariance = tensors[3];
  const real momentum = (real)scalars[0];
  const real correction = dims[1] > 1 ? (real)((double)dims[1] / (double)(dims[1] - 1)) : 1;
  for (int64_t c = first; c < last; c++) {
    runningMean[c] += momentum * (mean[c] - runningMean[c]);
    runningVariance[c] += momentum * (variance[c] * correction - runningVariance[c]);
  }
}

/* Item: one channel. Sums over all rows, in double: dy into sums[0, c], dy * (x - mean) * inverseStd into sums[1, c]. */
NASC_KERNEL(batchNorm_gradientSums) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2];
  const real *x = tensors[0], *dy = tensors[1], *mean = tensors[2], *inverseStd = tensors[3];
  real *sums = tensors[4];
  for (int64_t start = first; start < last; start += 64) {
    const int64_t count = nasc_min(64, last - start);
    double gradient[64] = {0}, product[64] = {0};
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t c = 0; c < count; c++) {
        const int64_t at = row * channels + start + c;
        gradient[c] += (double)dy[at];
        product[c] += (double)dy[at] * (double)(x[at] - mean[start + c]);
      }
    }
    for (int64_t c = 0; c < count; c++) {
      sums[start + c] = (real)gradient[c];
      sums[channels + start + c] = (real)(product[c] * (double)inverseStd[start + c]);
    }
  }
}

/* Item: one row. With xhat = (x - mean) * inverseStd and M rows:
   dx = scale * inverseStd * (dy - sum(dy) / M - xhat * sum(dy * xhat) / M) */
NASC_KERNEL(batchNorm_inputGradient) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  const real inverseRows = (real)(1.0 / (double)dims[1]);
  const real *restrict mean = tensors[2], *restrict inverseStd = tensors[3], *restrict scale = tensors[4], *restrict sums = tensors[5];
  for (int64_t row = first; row < last; row++) {
    const real *restrict x = tensors[0] + row * channels, *restrict dy = tensors[1] + row * channels;
    real *restrict dx = tensors[6] + row * channels;
    for (int64_t c = 0; c < channels; c++) {
      const real normalised = (x[c] - mean[c]) * inverseStd[c];
      dx[c] = scale[c] * inverseStd[c] * (dy[c] - (sums[c] + normalised * sums[channels + c]) * inverseRows);
    }
  }
}

/* Item: one channel. dscale += sum(dy * xhat), dshift += sum(dy) */
NASC_KERNEL(batchNorm_weightGradient) {
  NASC_UNUSED(scalars);
  const real *sums = tensors[0];
  for (int64_t c = first; c < last; c++) {
    tensors[1][c] += sums[dims[2] + c];
    tensors[2][c] += sums[c];
  }
}
`;

const gradientSums = (view: BatchedView<BatchNormAttributes>) => ({
  kernel: 'batchNorm_gradientSums',
  tensors: [operand.input(), operand.outputGradient, operand.saved('mean'), operand.saved('inverseStd'), operand.scratch('sums')],
  dims: dimsOf(view),
  items: channels(view),
});

export const batchNorm = defineOp<BatchNormAttributes>({
  name: 'batchNorm',
  doc: 'y = (x - mean) / sqrt(variance + epsilon) * scale + shift per channel; batch statistics in training, running ones at inference.',
  attributesSchema: {
    type: 'object',
    properties: {
      momentum: { type: 'number', minimum: 0, maximum: 1, default: defaults.momentum },
      epsilon: { type: 'number', exclusiveMinimum: 0, default: defaults.epsilon },
    },
    additionalProperties: false,
  },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  parameters(_attributes, [input]) {
    const parameter = (name: string, value: number, role: ParameterSpec['role']): ParameterSpec => ({
      name,
      shape: [channelsOf(input!)],
      trainable: role !== 'statistic',
      init: { kind: 'constant', value },
      role,
    });
    return [
      parameter('scale', 1, 'scale'),
      parameter('shift', 0, 'bias'),
      parameter('runningMean', 0, 'statistic'),
      parameter('runningVariance', 1, 'statistic'),
    ];
  },
  lower: {
    c: cLowering<BatchNormAttributes>({
      source,
      saved: (view) => ({ mean: channels(view), variance: channels(view), inverseStd: channels(view) }),
      scratch: (view) => ({ sums: 2 * channels(view) }),
      inference: (view) => [
        {
          kernel: 'batchNorm_inference',
          tensors: [
            operand.input(),
            operand.parameter('scale'),
            operand.parameter('shift'),
            operand.parameter('runningMean'),
            operand.parameter('runningVariance'),
            operand.output,
          ],
          dims: dimsOf(view),
          scalars: [epsilonOf(view.attributes)],
          items: rows(view),
        },
      ],
      forward: (view) => [
        {
          kernel: 'batchNorm_statistics',
          tensors: [operand.input(), operand.saved('mean'), operand.saved('variance'), operand.saved('inverseStd')],
          dims: dimsOf(view),
          scalars: [epsilonOf(view.attributes)],
          items: channels(view),
        },
        {
          kernel: 'batchNorm_normalise',
          tensors: [
            operand.input(),
            operand.saved('mean'),
            operand.saved('inverseStd'),
            operand.parameter('scale'),
            operand.parameter('shift'),
            operand.output,
          ],
          dims: dimsOf(view),
          items: rows(view),
        },
      ],
      updateStatistics: (view) => [
        {
          kernel: 'batchNorm_updateStatistics',
          tensors: [
            operand.saved('mean'),
            operand.saved('variance'),
            operand.parameter('runningMean'),
            operand.parameter('runningVariance'),
          ],
          dims: dimsOf(view),
          scalars: [view.attributes.momentum ?? defaults.momentum],
          items: channels(view),
        },
      ],
      inputGradient: (view) => [
        gradientSums(view),
        {
          kernel: 'batchNorm_inputGradient',
          tensors: [
            operand.input(),
            operand.outputGradient,
            operand.saved('mean'),
            operand.saved('inverseStd'),
            operand.parameter('scale'),
            operand.scratch('sums'),
            operand.inputGradient(),
          ],
          dims: dimsOf(view),
          items: rows(view),
        },
      ],
      weightGradient: (view) => [
        gradientSums(view),
        {
          kernel: 'batchNorm_weightGradient',
          tensors: [operand.scratch('sums'), operand.parameterGradient('scale'), operand.parameterGradient('shift')],
          dims: dimsOf(view),
          items: channels(view),
        },
      ],
    }),
    onnx: onnxLowering<BatchNormAttributes>({
      emit: (view, [x], emitter) => {
        const constants = ['scale', 'shift', 'runningMean', 'runningVariance'].map((name) => {
          const { shape, data } = emitter.parameter(name);
          return emitter.constant(name, shape, data);
        });
        return emitter.node('BatchNormalization', [x!, ...constants], { epsilon: { float: epsilonOf(view.attributes) } });
      },
    }),
    tfjs: tfjsLowering<BatchNormAttributes>((call) => {
      if (call.statistics === 'batch') return inBatch(call);
      const { tf, attributes, inputs, parameters } = call;
      const { scale, shift, runningMean, runningVariance } = parameters;
      const statistics = [runningMean, runningVariance] as [Tensor1D, Tensor1D];
      return tf.batchNorm(inputs[0]!, ...statistics, shift as Tensor1D, scale as Tensor1D, epsilonOf(attributes));
    }),
  },
  examples: [
    { name: 'image', attributes: {}, inputs: [float32(5, 4, 8)] },
    { name: 'many channels, other constants', attributes: { momentum: 0.3, epsilon: 1e-5 }, inputs: [float32(3, 3, 70)] },
    { name: 'one pixel', attributes: {}, inputs: [float32(1, 1, 6)] },
    { name: 'vector', attributes: {}, inputs: [float32(9)] },
  ],
});
