// Batch normalisation over the last axis (Ioffe and Szegedy, 2015): statistics over the batch and all pixels.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import type { ParameterSpec, Tensor } from '@nasc/ir';
import { floatOf, onlyNode, onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import type { Tensor as TfjsTensor, Tensor1D, TfjsCall } from '@nasc/tfjs';
import { batchNormKernels } from './kernels.ts';
import { normaliseBatch } from '../shared/normalise-batch.ts';
import { channelsOf, rowsOf } from '../shared/shapes.ts';

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
/** In the order of ONNX's inputs. */
const onnxParameters = ['scale', 'shift', 'runningMean', 'runningVariance'] as const;
const epsilonOf = ({ epsilon = defaults.epsilon }: BatchNormAttributes) => epsilon;

/** With the statistics of the batch, which also move the running ones. */
const inBatch = ({ tf, attributes, inputs, parameters, collect }: TfjsCall<BatchNormAttributes>): TfjsTensor => {
  const { scale, shift, runningMean, runningVariance } = parameters;
  const { momentum = defaults.momentum } = attributes;
  const rows = elementCount(inputs[0]!.shape.slice(0, -1));
  const moved = (running: TfjsTensor, batch: TfjsTensor) => tf.add(running, tf.mul(tf.sub(batch, running), momentum));
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
      parameter('shift', 0, 'scale'),
      parameter('runningMean', 0, 'statistic'),
      parameter('runningVariance', 1, 'statistic'),
    ];
  },
  lower: {
    c: cLowering<BatchNormAttributes>({
      source: batchNormKernels,
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
        const constants = onnxParameters.map((name) => {
          const { shape, data } = emitter.parameter(name);
          return emitter.constant(name, shape, data);
        });
        // ONNX's momentum is the weight of what the statistics were.
        const { momentum = defaults.momentum } = view.attributes;
        const attributes = { epsilon: { float: epsilonOf(view.attributes) }, momentum: { float: 1 - momentum } };
        return emitter.node('BatchNormalization', [x!, ...constants], attributes);
      },
      read: (file) => {
        const node = onlyNode(file, 'BatchNormalization');
        const [epsilon, kept] = node ? [floatOf(node, 'epsilon'), floatOf(node, 'momentum')] : [];
        const parameters = onnxParameters.map((name, index) => [name, file.constant(node?.inputs[1 + index])] as const);
        if (epsilon === undefined || kept === undefined || !parameters.every(([, tensor]) => tensor)) return undefined;
        return {
          attributes: { momentum: Number((1 - kept).toPrecision(7)), epsilon },
          parameters: Object.fromEntries(parameters) as Record<string, Tensor>,
        };
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
