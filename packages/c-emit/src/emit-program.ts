// Turns a folded network into a program: fused kernels where a pattern fits, the ops' plain kernels for the rest.
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { CoverageRow } from '@nasc/core';
import { elementCount, matchPattern, readCounts } from '@nasc/ir';
import type { Attributes, Graph, NodeId, OpLookup, OpNode, OpView, PatternDefinition, Tensor, TensorType } from '@nasc/ir';
import { splitIntoBlocks } from './blocks.ts';
import type { Block } from './blocks.ts';
import type { BatchedView, CLowering, KernelCall, Operand } from './lowering.ts';
import type { FusedKernel, MatchedNode, VectorDescription } from './pattern-lowering.ts';
import type { CProgram, ProgramCall, ProgramOperand, WeightArray } from './program.ts';

export interface EmitOptions {
  readonly ops: OpLookup;
  /** Fused kernels. Absent: every node is written with the plain kernels of its op. */
  readonly fused?: {
    /** Tried in order at every node; the first that fits and has a kernel wins. */
    readonly patterns: readonly PatternDefinition[];
    readonly vector: VectorDescription;
  };
}

type ParameterLookup = (node: NodeId, name: string) => Tensor;

const unsupported = (node: OpNode, reason: string): Diagnostic =>
  errorDiagnostic('C_NODE_UNSUPPORTED', `Node "${node.id}" (${node.op}) cannot be written in C: ${reason}.`, {
    at: node.id,
    hint: 'Give the op a `c` lowering, or use a target that runs the ONNX file.',
  });

/** Why an op has no plain kernel for inference, or undefined. */
export const whyNotPlain = (ops: OpLookup, node: OpNode): string | undefined => {
  const op = ops.get(node.op);
  if (!op) return `there is no op "${node.op}"`;
  return op.lower.c ? undefined : `op "${node.op}" has no C lowering`;
};

class ProgramBuilder {
  readonly calls: ProgramCall[] = [];
  readonly elements = new Map<string, number>();
  readonly weights = new Map<string, WeightArray & { readonly pack: (parameter: ParameterLookup) => Float32Array }>();
  readonly coverage: CoverageRow[] = [];
  readonly problems: Diagnostic[] = [];
  readonly #options: EmitOptions;
  readonly #types: ReadonlyMap<NodeId, TensorType>;

  constructor(graph: Graph<OpNode>, options: EmitOptions) {
    this.#options = options;
    this.#types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
    for (const [id, type] of this.#types) this.elements.set(id, elementCount(type.shape));
  }

  addBlock({ id: block, graph }: Block): void {
    const reads = readCounts(graph);
    const covered = new Set<NodeId>();
    // A chain is written where its last node stands, so that everything else that it reads exists by then.
    const plan = new Map<
      NodeId,
      { readonly nodes: readonly OpNode[]; readonly pattern: string; readonly kernel: FusedKernel; readonly inputs: readonly NodeId[] }
    >();
    const reasons = new Map<NodeId, string>();
    for (const node of graph.nodes) {
      if (covered.has(node.id)) continue;
      const match = this.#match(node, graph, reads, covered, reasons);
      if (!match) continue;
      for (const { id } of match.nodes) covered.add(id);
      plan.set(match.nodes.at(-1)!.id, match);
    }
    for (const node of graph.nodes) {
      const match = plan.get(node.id);
      if (match) this.#addFused(block, match.nodes, match.pattern, match.kernel, match.inputs);
      else if (!covered.has(node.id)) this.#addPlain(block, node, reasons.get(node.id));
    }
  }

  #view(node: OpNode): OpView {
    return { node, attributes: node.attributes, inputs: node.inputs.map((id) => this.#types.get(id)!), output: node.type };
  }

  #matched(node: OpNode): MatchedNode {
    const view = this.#view(node);
    const parameters = this.#options.ops.get(node.op)?.parameters?.(view.attributes, view.inputs) ?? [];
    return { ...view, parameters };
  }

  #match(
    start: OpNode,
    graph: Graph<OpNode>,
    reads: ReadonlyMap<NodeId, number>,
    covered: ReadonlySet<NodeId>,
    reasons: Map<NodeId, string>,
  ) {
    const { fused } = this.#options;
    if (!fused) return undefined;
    for (const pattern of fused.patterns) {
      if (!pattern.lower.c) continue;
      const nodes = matchPattern(pattern, start, graph, reads);
      if (!nodes || nodes.some(({ id }) => covered.has(id))) continue;
      const inputs = [...start.inputs];
      nodes.slice(1).forEach((node, index) => inputs.push(...node.inputs.filter((id) => id !== nodes[index]!.id)));
      const kernel = pattern.lower.c.specialise({ nodes: nodes.map((node) => this.#matched(node)), inputs }, fused.vector);
      if (typeof kernel !== 'string') return { nodes, pattern: pattern.name, kernel, inputs };
      reasons.set(start.id, kernel);
    }
    return undefined;
  }

  #addFused(block: string, nodes: readonly OpNode[], pattern: string, kernel: FusedKernel, inputs: readonly NodeId[]): void {
    const output = nodes.at(-1)!.id;
    const operands: ProgramOperand[] = [output, ...inputs].map((id) => ({ kind: 'value', id }));
    if (kernel.weightElements > 0) {
      const id = `${nodes[0]!.id}.packed`;
      this.weights.set(id, { id, elements: kernel.weightElements, pack: (parameter) => kernel.pack(parameter) });
      operands.push({ kind: 'weights', id });
    }
    if (kernel.scratchElements > 0) {
      const id = `${output}#scratch`;
      this.elements.set(id, kernel.scratchElements);
      operands.push({ kind: 'scratch', id });
    }
    this.calls.push({ kind: 'fused', block, nodes: nodes.map(({ id }) => id), output, kernel, operands });
    for (const node of nodes) this.coverage.push({ node: node.id, kernel: `${pattern}: ${kernel.name}`, kind: 'special' });
  }

  #addPlain(block: string, node: OpNode, reason: string | undefined): void {
    const why = whyNotPlain(this.#options.ops, node);
    if (why) {
      this.problems.push(unsupported(node, why));
      return;
    }
    const op = this.#options.ops.get(node.op)!;
    const lowering = op.lower.c as unknown as CLowering<Attributes>;
    const view: BatchedView<Attributes> = { ...this.#view(node), batch: 1, salt: 0 };
    const extra = { ...lowering.saved?.(view), ...lowering.scratch?.(view) };
    const parameters = op.parameters?.(view.attributes, view.inputs) ?? [];
    const calls = lowering.inference(view);
    for (const call of calls) {
      const tensors = call.tensors.map((operand) => this.#plainOperand(node, operand, extra, parameters, view));
      this.calls.push({
        kind: 'plain',
        block,
        nodes: [node.id],
        output: node.id,
        source: lowering.source,
        tensors,
        ...plainArguments(call),
      });
    }
    const row: CoverageRow = { node: node.id, kernel: calls.map(({ kernel }) => kernel).join(', '), kind: 'plain' };
    this.coverage.push(reason ? { ...row, reason } : row);
  }

  #plainOperand(
    node: OpNode,
    operand: Operand,
    extra: Readonly<Record<string, number>>,
    parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
    view: OpView,
  ): ProgramOperand {
    switch (operand.kind) {
      case 'input':
        return { kind: 'value', id: node.inputs[operand.index]! };
      case 'output':
        return { kind: 'value', id: view.node.id };
      case 'parameter': {
        const { name } = operand;
        const id = `${node.id}.${name}`;
        const spec = parameters.find((parameter) => parameter.name === name);
        if (!spec) throw new Error(`Op "${node.op}" has no parameter "${name}"`);
        this.weights.set(id, { id, elements: elementCount(spec.shape), pack: (parameter) => parameter(node.id, name).data });
        return { kind: 'weights', id };
      }
      case 'saved':
      case 'scratch': {
        const id = `${node.id}#${operand.name}`;
        const elements = extra[operand.name];
        if (elements === undefined) throw new Error(`Op "${node.op}" declares no memory "${operand.name}"`);
        this.elements.set(id, elements);
        return { kind: 'scratch', id };
      }
      default:
        throw new Error(`Op "${node.op}" uses a ${operand.kind} at inference`);
    }
  }
}

const plainArguments = (call: KernelCall) => ({
  kernel: call.kernel,
  dims: call.dims,
  scalars: call.scalars ?? [],
  items: call.items,
});

/** Calls of a folded network, block by block. Throws C_NODE_UNSUPPORTED, one diagnostic for every node without a kernel. */
export const emitProgram = (graph: Graph<OpNode>, options: EmitOptions): CProgram => {
  const builder = new ProgramBuilder(graph, options);
  for (const block of splitIntoBlocks(graph)) builder.addBlock(block);
  if (builder.problems.length > 0) throw new DiagnosticError(builder.problems);
  return {
    calls: builder.calls,
    inputs: graph.inputs.map(({ id }) => id),
    outputs: graph.outputs,
    elements: builder.elements,
    weights: [...builder.weights.values()].map(({ id, elements }) => ({ id, elements })),
    packWeights: (id, parameter) => builder.weights.get(id)!.pack(parameter),
    coverage: builder.coverage,
  };
};
