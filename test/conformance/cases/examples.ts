// Every example of every op, macro and pattern. A new one is new rows; nothing here knows an op by name.
import type { NetworkGraph, NodeId } from '@nasc/ir';
import { macros, ops, patterns } from '../registered-ops.ts';
import type { Body, Example } from './embed.ts';

/** The nodes of a graph between new inputs. */
const copy =
  (graph: NetworkGraph): Body =>
  (builder, inputs) => {
    const renamed = new Map<NodeId, NodeId>(graph.inputs.map(({ id }, index) => [id, inputs[index]!]));
    for (const { id, op, inputs: operands, attributes } of graph.nodes) {
      const from = operands.map((operand) => renamed.get(operand)!);
      renamed.set(id, builder.op(id, op, from, attributes));
    }
    return renamed.get(graph.outputs[0]!)!;
  };

export const opExamples: readonly Example[] = ops.flatMap((op) =>
  op.examples.map(({ name, attributes, inputs }) => ({
    name: `${op.name}: ${name}`,
    inputs,
    body: (builder, made) => builder.op('node', op.name, made, attributes),
  })),
);

export const macroExamples: readonly Example[] = macros.flatMap((macro) =>
  macro.examples.map(({ name, attributes, inputs }) => ({
    name: `${macro.name}: ${name}`,
    inputs,
    body: (builder, made) => builder.macro('block', macro.name, made, attributes),
  })),
);

export const patternExamples: readonly Example[] = patterns.flatMap((pattern) =>
  pattern.examples.map(({ name, graph }) => ({
    name: `${pattern.name}: ${name}`,
    inputs: graph.inputs.map(({ type }) => type),
    body: copy(graph),
  })),
);

export const examples: readonly Example[] = [...opExamples, ...macroExamples, ...patternExamples];
