// Any op as a unit, by the plain kernels of its C lowering.
import { nodeSalt } from '@nasc/c-emit';
import type { BatchedView, CLowering, KernelCall, Operand } from '@nasc/c-emit';
import { DiagnosticError } from '@nasc/diagnostics';
import { elementCount, parameterId } from '@nasc/ir';
import type { Attributes, OpDefinition, OpNode, TensorType } from '@nasc/ir';
import { elementwise } from './call.ts';
import type { BufferId, Call } from './call.ts';
import { messages } from './messages.ts';
import { parameterBuffer, parameterGradientBuffer, randomKeyBuffer, valueBuffer } from './unit.ts';
import type { Unit } from './unit.ts';

export interface UnitContext {
  readonly batch: number;
  readonly inputs: readonly TensorType[];
}

const storageBuffers = (prefix: string, sizes: Readonly<Record<string, number>> | undefined) =>
  Object.entries(sizes ?? {}).map(([name, floats]): [BufferId, number] => [`${prefix}${name}`, floats]);

export const plainUnit = (node: OpNode, definition: OpDefinition, { batch, inputs }: UnitContext): Unit => {
  if (!definition.lower.c) throw new DiagnosticError([messages.noLowering(node.id, node.op)]);
  const lowering = definition.lower.c as unknown as CLowering<Attributes>;
  const view: BatchedView<Attributes> = { node, attributes: node.attributes, inputs, output: node.type, batch, salt: nodeSalt(node.id) };
  const parameters = definition.parameters?.(node.attributes as never, inputs) ?? [];
  const saved = `s:${node.id}.`;
  const scratch = (phase: string) => `t:${phase}:${node.id}.`;
  const spare = (index: number): BufferId => `t:spare:${node.id}.${index}`;

  const bufferOf = (operand: Operand, phase: string, gradient?: BufferId, target?: BufferId): BufferId => {
    switch (operand.kind) {
      case 'input':
        return valueBuffer(node.inputs[operand.index]!);
      case 'output':
        return valueBuffer(node.id);
      case 'outputGradient':
        return gradient!;
      case 'inputGradient':
        return target!;
      case 'parameter':
        return parameterBuffer(parameterId(node.id, operand.name));
      case 'parameterGradient':
        return parameterGradientBuffer(parameterId(node.id, operand.name));
      case 'saved':
        return saved + operand.name;
      case 'scratch':
        return scratch(phase) + operand.name;
      case 'randomKey':
        return randomKeyBuffer;
    }
  };
  const callsOf = (calls: readonly KernelCall[], phase: string, gradient?: BufferId, target?: BufferId): readonly Call[] =>
    calls.map(({ kernel, tensors, dims, scalars = [], items }) => ({
      kernel,
      tensors: tensors.map((operand) => bufferOf(operand, phase, gradient, target)),
      dims,
      scalars,
      items,
    }));

  const hasStatistics = lowering.updateStatistics !== undefined;
  const floats = (index: number) => batch * elementCount(inputs[index]!.shape);
  const trainable = parameters.some((parameter) => parameter.trainable);
  const savedSizes = lowering.saved?.(view);
  const scratchSizes = lowering.scratch?.(view);

  return {
    id: node.id,
    inputs: node.inputs,
    output: node.id,
    differentiable: lowering.inputGradient ? node.inputs.map((_, index) => index) : [],
    identities: [],
    trainable,
    forward({ batchNorm, random }) {
      const training = hasStatistics ? batchNorm !== 'running' : random;
      const calls = training && lowering.forward ? lowering.forward(view) : lowering.inference(view);
      const update = batchNorm === 'update' && lowering.updateStatistics ? lowering.updateStatistics(view) : [];
      return callsOf([...calls, ...update], 'forward');
    },
    backward({ weights, frozen, gradient, targets }) {
      if (frozen && hasStatistics) throw new DiagnosticError([messages.noFrozenGradient(node.id, node.op)]);
      const calls: Call[] = [];
      for (const { index, buffer, add } of targets) {
        const target = add === undefined ? buffer : spare(index);
        calls.push(...callsOf(lowering.inputGradient!(view, index), `input${index}`, gradient, target));
        if (add !== undefined) calls.push(elementwise('nasc_sum', [target, add, buffer], batch, floats(index)));
      }
      if (weights && trainable && lowering.weightGradient) calls.push(...callsOf(lowering.weightGradient(view), 'weights', gradient));
      return calls;
    },
    // Nothing but a function of its inputs.
    again: parameters.length === 0 && !lowering.forward && !savedSizes ? () => callsOf(lowering.inference(view), 'forward') : undefined,
    buffers: new Map([
      ...storageBuffers(saved, savedSizes),
      ...['forward', 'weights', ...node.inputs.map((_, index) => `input${index}`)].flatMap((phase) =>
        storageBuffers(scratch(phase), scratchSizes),
      ),
      ...node.inputs.map((_, index): [BufferId, number] => [spare(index), floats(index)]),
    ]),
    statistics: hasStatistics
      ? [{ node: node.id, channels: node.type.shape.at(-1)!, mean: `${saved}mean`, variance: `${saved}variance` }]
      : [],
  };
};
