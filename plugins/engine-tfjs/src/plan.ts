// The graph as the engine walks it: cut at its choices into regions, every op with its TensorFlow.js lowering.
import { elementCount, isChoice, parameterId, parametersOf, typesOf } from '@nasc/ir';
import type { Attributes, ChoiceNode, Graph, GraphParameter, NodeId, OpLookup, OpNode, TensorType } from '@nasc/ir';
import { streamNumber } from '@nasc/random';
import type { TfjsLowering } from '@nasc/tfjs';
import { fail, messages } from './messages.ts';

export interface PlannedOp {
  readonly kind: 'op';
  readonly node: OpNode;
  readonly lowering: TfjsLowering<Attributes>;
  readonly parameters: readonly { readonly name: string; readonly id: string; readonly trainable: boolean }[];
  /** Sets its random numbers apart from those of other nodes: the number that every engine uses. */
  readonly salt: number;
}

export interface PlannedChoice {
  readonly kind: 'choice';
  /** Place in the order of `choicesOf`. */
  readonly index: number;
  readonly node: ChoiceNode;
  readonly candidates: readonly Region[];
}

export interface Region {
  readonly inputs: readonly NodeId[];
  readonly steps: readonly (PlannedOp | PlannedChoice)[];
  /** Values that no later step reads, by step. */
  readonly released: readonly (readonly NodeId[])[];
  readonly output: NodeId;
  /** Ids of its own parameters that are trained, those of candidates not among them. */
  readonly trainable: readonly string[];
}

export interface Plan {
  readonly trunk: Region;
  readonly choices: readonly PlannedChoice[];
  /** All parameters, of candidates too, by id. */
  readonly parameters: ReadonlyMap<string, GraphParameter>;
  /** [H, W, C] */
  readonly imageShape: readonly number[];
  readonly imageFloats: number;
  readonly classes: number;
}

const planOp = (node: OpNode, types: ReadonlyMap<NodeId, TensorType>, ops: OpLookup): PlannedOp => {
  const definition = ops.get(node.op) ?? fail(messages.noOp(node.id, node.op));
  const lowering = definition.lower.tfjs ?? fail(messages.noLowering(node.id, node.op));
  const specs =
    definition.parameters?.(
      node.attributes,
      node.inputs.map((id) => types.get(id)!),
    ) ?? [];
  return {
    kind: 'op',
    node,
    lowering: lowering as TfjsLowering<Attributes>,
    parameters: specs.map(({ name, trainable }) => ({ name, id: parameterId(node.id, name), trainable })),
    salt: streamNumber(node.id),
  };
};

/** For every step the values of the region, its output apart, that are read there for the last time or not at all. */
const releases = (steps: Region['steps'], output: NodeId): readonly (readonly NodeId[])[] => {
  const lastStep = new Map<NodeId, number>();
  steps.forEach(({ node }, at) => lastStep.set(node.id, at));
  steps.forEach(({ node }, at) => {
    for (const id of node.inputs) if (lastStep.has(id)) lastStep.set(id, at);
  });
  lastStep.delete(output);
  return steps.map((_, at) => [...lastStep].filter(([, last]) => last === at).map(([id]) => id));
};

const planRegion = (graph: Graph, ops: OpLookup, planChoice: (node: ChoiceNode) => PlannedChoice): Region => {
  const types = typesOf(graph);
  const steps = graph.nodes.map((node) => (isChoice(node) ? planChoice(node) : planOp(node, types, ops)));
  const [output, ...more] = graph.outputs;
  if (output === undefined || more.length > 0) throw new Error(`A graph to train has one output, not ${graph.outputs.length}.`);
  return {
    inputs: graph.inputs.map(({ id }) => id),
    steps,
    released: releases(steps, output),
    output,
    trainable: steps.flatMap((step) =>
      step.kind === 'op' ? step.parameters.filter(({ trainable }) => trainable).map(({ id }) => id) : [],
    ),
  };
};

/** Throws ENGINE_OP_UNSUPPORTED for an op without `tfjs` lowering. */
export const planGraph = (graph: Graph, ops: OpLookup): Plan => {
  const choices: PlannedChoice[] = [];
  const trunk = planRegion(graph, ops, (node) => {
    const candidates = node.candidates.map((candidate) =>
      planRegion(candidate.graph, ops, ({ id }) => {
        throw new Error(`Candidate of "${node.id}" contains the choice "${id}".`);
      }),
    );
    const choice: PlannedChoice = { kind: 'choice', index: choices.length, node, candidates };
    choices.push(choice);
    return choice;
  });
  const [image, ...more] = graph.inputs;
  if (!image || more.length > 0) throw new Error(`A graph to train has one input, not ${graph.inputs.length}.`);
  return {
    trunk,
    choices,
    parameters: new Map(parametersOf(graph, ops).map((parameter) => [parameter.id, parameter])),
    imageShape: image.type.shape,
    imageFloats: elementCount(image.type.shape),
    classes: elementCount(typesOf(graph).get(trunk.output)!.shape),
  };
};
