// Runs networks on the ops' plain kernels, in float64 or float32, one call after the other: the reference that the
// training engines and the generated code are tested against. Every buffer is filled with NaN before it is written and
// has guard elements on both sides, so a kernel that leaves out or oversteps its output does not go unnoticed.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elementCount, parameterId } from '@nasc/ir';
import type { Attributes, Graph, NodeId, OpDefinition, OpNode, TensorType } from '@nasc/ir';
import { createGuardedMemory } from './guarded-memory.ts';
import type { PlainValues } from './guarded-memory.ts';
import type { BatchedView, CLowering, KernelCall, Operand } from './lowering.ts';
import { nodeSalt } from './node-salt.ts';
import { loadPlainKernels } from './plain-kernels.ts';

export interface PlainOptions {
  readonly batch: number;
  /** `training` uses batch statistics and randomness, and is what `runBackward` needs. */
  readonly mode: 'inference' | 'training';
  readonly randomKey?: readonly [number, number];
  /** Work items are run in several calls, cut at these numbers; for tests that results do not depend on it. */
  readonly cuts?: (items: number) => readonly number[];
}

/** Node id -> values with the batch leading, or parameter id -> values. */
export type PlainTable = ReadonlyMap<string, PlainValues>;
export type PlainInputs = ReadonlyMap<string, ArrayLike<number>>;

export interface PlainForward {
  readonly graph: Graph<OpNode>;
  readonly options: PlainOptions;
  readonly parameters: PlainTable;
  /** Every value of the graph, its inputs included: [N, ...shape]. */
  readonly values: PlainTable;
  /** What kernels kept for the gradients, by `${node}.${name}`. */
  readonly saved: PlainTable;
}

export interface PlainGradients {
  /** Of every value of the graph, its inputs included; zeros where nothing flows. */
  readonly values: PlainTable;
  /** Of every trainable parameter. */
  readonly parameters: PlainTable;
}

export interface PlainRunner {
  readonly precision: 'double' | 'float';
  /** `parameters` by parameter id, running statistics among them; `inputs` by input id, [N, ...shape]. */
  runForward(graph: Graph<OpNode>, parameters: PlainInputs, inputs: PlainInputs, options: PlainOptions): PlainForward;
  /** Gradients for the given gradients of outputs (or of any other value), by id; parameter gradients are added to `accumulated`. */
  runBackward(forward: PlainForward, outputGradients: PlainInputs, accumulated?: PlainInputs): PlainGradients;
  /** The running statistics after a training step, by parameter id. */
  updateStatistics(forward: PlainForward): PlainTable;
  /** Unloads the library; nothing may be run afterwards. */
  dispose(): void;
}

/** What the operands of one node's calls are bound to. */
type Binding = (operand: Operand) => PlainValues | Uint32Array;

/** Compiles the plain kernels of `ops` (once a machine, cached) and loads them. Throws COMPILER_NOT_FOUND, COMPILE_FAILED. */
export const createPlainRunner = async (
  ops: readonly OpDefinition[],
  precision: 'double' | 'float',
  { cacheFolder = join(tmpdir(), 'nasc-plain-kernels') }: { readonly cacheFolder?: string } = {},
): Promise<PlainRunner> => {
  const kernels = await loadPlainKernels(ops, precision, cacheFolder);
  const definitions = new Map(ops.map((op) => [op.name, op]));
  const memory = createGuardedMemory(precision);

  const lookUp = (node: OpNode) => {
    const op = definitions.get(node.op);
    if (!op?.lower.c) throw new Error(`Node "${node.id}": op "${node.op}" has no plain kernels here`);
    return { op, lowering: op.lower.c as unknown as CLowering<Attributes> };
  };

  const runCalls = (node: OpNode, calls: readonly KernelCall[], bind: Binding, { cuts }: PlainOptions): void => {
    for (const { kernel, tensors, dims, scalars = [], items } of calls) {
      const number = kernels.number(kernel);
      if (number === undefined) throw new Error(`Op "${node.op}" calls "${kernel}", which its source does not define`);
      const pointers = tensors.map(bind);
      const [dimensions, numbers] = [BigInt64Array.from(dims, BigInt), Float64Array.from(scalars)];
      const bounds = [0, ...(cuts?.(items) ?? []), items];
      for (let part = 1; part < bounds.length; part++)
        kernels.call(number, pointers, dimensions, numbers, bounds[part - 1]!, bounds[part]!);
      pointers.forEach((values, index) => {
        if (!(values instanceof Uint32Array) && !memory.isIntact(values)) {
          throw new Error(`Kernel ${kernel} of node "${node.id}" writes outside tensor ${index} (${tensors[index]!.kind})`);
        }
      });
    }
  };

  const viewsOf = (graph: Graph<OpNode>, { batch }: PlainOptions) => {
    const types = new Map<NodeId, TensorType>([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
    return (node: OpNode): BatchedView<Attributes> => ({
      node,
      attributes: node.attributes,
      inputs: node.inputs.map((id) => types.get(id)!),
      output: node.type,
      batch,
      salt: nodeSalt(node.id),
    });
  };

  /** Binds what is the same in every list of calls of a node; scratch is made anew for each list. */
  const binder = (
    node: OpNode,
    view: BatchedView<Attributes>,
    forward: Pick<PlainForward, 'values' | 'saved' | 'parameters' | 'options'>,
    gradient: Binding,
  ): Binding => {
    const { lowering } = lookUp(node);
    const scratch = new Map(
      Object.entries(lowering.scratch?.(view) ?? {}).map(([name, length]) => [name, memory.allocate(length, Number.NaN)]),
    );
    const found = (values: PlainValues | undefined, what: string): PlainValues => {
      if (!values) throw new Error(`Node "${node.id}" has no ${what}`);
      return values;
    };
    return (operand) => {
      switch (operand.kind) {
        case 'input':
          return found(forward.values.get(node.inputs[operand.index]!), `input ${operand.index}`);
        case 'output':
          return found(forward.values.get(node.id), 'output');
        case 'parameter':
          return found(forward.parameters.get(parameterId(node.id, operand.name)), `parameter "${operand.name}"`);
        case 'saved':
          return found(forward.saved.get(`${node.id}.${operand.name}`), `saved memory "${operand.name}"`);
        case 'scratch':
          return found(scratch.get(operand.name), `scratch memory "${operand.name}"`);
        case 'randomKey':
          return Uint32Array.from(forward.options.randomKey ?? [0, 0]);
        default:
          return gradient(operand);
      }
    };
  };

  const noGradient: Binding = (operand) => {
    throw new Error(`A forward kernel asks for a ${operand.kind}`);
  };

  const copyAll = (table: PlainInputs) => new Map([...table].map(([id, values]) => [id, memory.allocate(values.length, values)]));

  return {
    precision,

    runForward(graph, parameters, inputs, options) {
      const { batch, mode } = options;
      const values = new Map<string, PlainValues>();
      const saved = new Map<string, PlainValues>();
      const forward = { graph, options, parameters: copyAll(parameters), values, saved };
      const viewOf = viewsOf(graph, options);
      for (const { id, type } of graph.inputs) {
        const given = inputs.get(id);
        const length = batch * elementCount(type.shape);
        if (given?.length !== length) throw new Error(`Input "${id}" takes ${length} values, not ${given?.length ?? 'none'}`);
        values.set(id, memory.allocate(length, given));
      }
      for (const node of graph.nodes) {
        const { lowering } = lookUp(node);
        const view = viewOf(node);
        values.set(node.id, memory.allocate(batch * elementCount(node.type.shape), Number.NaN));
        for (const [name, length] of Object.entries(lowering.saved?.(view) ?? {})) {
          saved.set(`${node.id}.${name}`, memory.allocate(length, Number.NaN));
        }
        const list = (mode === 'training' && lowering.forward) || lowering.inference;
        runCalls(node, list(view), binder(node, view, forward, noGradient), options);
      }
      return forward;
    },

    runBackward(forward, outputGradients, accumulated) {
      const { graph, options } = forward;
      if (options.mode !== 'training') throw new Error('Gradients need a forward run in training mode');
      const viewOf = viewsOf(graph, options);
      const values = copyAll(outputGradients);
      const parameters = new Map<string, PlainValues>();
      const gradientOf = (id: NodeId): PlainValues => {
        let gradient = values.get(id);
        if (!gradient) values.set(id, (gradient = memory.allocate(forward.values.get(id)!.length, 0)));
        return gradient;
      };
      for (const node of graph.nodes.toReversed()) {
        const { op, lowering } = lookUp(node);
        const view = viewOf(node);
        const outputGradient = gradientOf(node.id);
        node.inputs.forEach((id, index) => {
          if (!lowering.inputGradient) return;
          const contribution = memory.allocate(forward.values.get(id)!.length, Number.NaN);
          const bind: Binding = (operand) => (operand.kind === 'outputGradient' ? outputGradient : contribution);
          runCalls(node, lowering.inputGradient(view, index), binder(node, view, forward, bind), options);
          const sum = gradientOf(id);
          contribution.forEach((value, at) => (sum[at] = sum[at]! + value));
        });
        const specs = op.parameters?.(view.attributes, view.inputs).filter(({ trainable }) => trainable) ?? [];
        for (const { name, shape } of specs) {
          const id = parameterId(node.id, name);
          parameters.set(id, memory.allocate(elementCount(shape), accumulated?.get(id) ?? 0));
        }
        if (!lowering.weightGradient) continue;
        const bind: Binding = (operand) => {
          if (operand.kind === 'outputGradient') return outputGradient;
          if (operand.kind === 'parameterGradient') return parameters.get(parameterId(node.id, operand.name))!;
          throw new Error(`A weight gradient kernel asks for a ${operand.kind}`);
        };
        runCalls(node, lowering.weightGradient(view), binder(node, view, forward, bind), options);
      }
      for (const { id } of graph.inputs) gradientOf(id);
      return { values, parameters };
    },

    updateStatistics(forward) {
      const viewOf = viewsOf(forward.graph, forward.options);
      const parameters = copyAll(forward.parameters);
      const updated = new Map<string, PlainValues>();
      for (const node of forward.graph.nodes) {
        const { op, lowering } = lookUp(node);
        const view = viewOf(node);
        if (!lowering.updateStatistics) continue;
        runCalls(node, lowering.updateStatistics(view), binder(node, view, { ...forward, parameters }, noGradient), forward.options);
        for (const { name, role } of op.parameters?.(view.attributes, view.inputs) ?? []) {
          if (role === 'statistic') updated.set(parameterId(node.id, name), parameters.get(parameterId(node.id, name))!);
        }
      }
      return updated;
    },

    dispose() {
      kernels.unload();
    },
  };
};
