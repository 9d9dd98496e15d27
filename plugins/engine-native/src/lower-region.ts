// A region as a list of elements to execute: units of ops, and choices.
import { DiagnosticError } from '@nasc/diagnostics';
import { elementCount, isChoice } from '@nasc/ir';
import type { ChoiceNode, NodeId, OpLookup, PatternLookup } from '@nasc/ir';
import type { BufferId } from './call.ts';
import { elementwise } from './call.ts';
import type { Normalised } from './fused/native-pattern.ts';
import { normalisedOutput } from './fused/normalisation.ts';
import { segmentsOf } from './fused/segments.ts';
import type { Segment } from './fused/segments.ts';
import { messages } from './messages.ts';
import { plainUnit } from './plain-unit.ts';
import type { Region } from './region.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';
import type { Unit } from './unit.ts';

export type Element =
  | { readonly kind: 'unit'; readonly unit: Unit }
  | { readonly kind: 'choice'; readonly choice: number; readonly node: ChoiceNode };

export interface LoweredRegion {
  readonly region: Region;
  readonly batch: number;
  readonly elements: readonly Element[];
  readonly output: NodeId;
  /** Floats of every buffer of the region: values, gradients, and those of its units. */
  readonly floats: ReadonlyMap<BufferId, number>;
}

/** y = x, for a region whose output is its input. */
const copyUnit = (id: NodeId, from: NodeId, batch: number, floats: number): Unit => {
  const forward = () => [elementwise('nasc_copy', [valueBuffer(from), valueBuffer(id)], batch, floats)];
  return {
    id,
    inputs: [from],
    output: id,
    differentiable: [0],
    identities: [0],
    trainable: false,
    forward,
    backward: () => [],
    again: forward,
    buffers: new Map(),
    statistics: [],
  };
};

/** `batchSize`: images of a full batch, of which `batch` may be fewer. `choiceNumbers`: place of every choice in the order of `choicesOf`. */
export const lowerRegion = (
  region: Region,
  batch: number,
  { ops, patterns, batchSize }: { readonly ops: OpLookup; readonly patterns: PatternLookup; readonly batchSize: number },
  choiceNumbers: ReadonlyMap<NodeId, number>,
): LoweredRegion => {
  const elements: Element[] = [];
  const floats = new Map<BufferId, number>();
  const addValue = (id: NodeId, count: number) => {
    floats.set(valueBuffer(id), batch * count);
    floats.set(gradientBuffer(id), batch * count);
  };
  for (const [id, type] of region.types) addValue(id, elementCount(type.shape));

  const { segments, covered } = segmentsOf(region, patterns, batchSize);
  const taken = new Set([...segments.values()].flatMap(({ normalisedInput }) => (normalisedInput ? [normalisedInput] : [])));
  const normalised = new Map<Segment, Normalised>();
  for (const node of region.nodes) {
    if (isChoice(node)) {
      elements.push({ kind: 'choice', choice: choiceNumbers.get(node.id)!, node });
      continue;
    }
    const segment = segments.get(node.id);
    if (segment) {
      const { nodes, lowering, normalisedInput } = segment;
      const output = taken.has(segment) ? normalisedOutput(nodes) : undefined;
      if (output) normalised.set(segment, output);
      const input = normalisedInput && normalised.get(normalisedInput);
      elements.push({ kind: 'unit', unit: lowering.unit({ nodes, batch, input, output }) });
      continue;
    }
    if (covered.has(node.id)) continue;
    const definition = ops.get(node.op);
    if (!definition) throw new DiagnosticError([messages.noOp(node.id, node.op)]);
    const inputs = node.inputs.map((id) => region.types.get(id)!);
    elements.push({ kind: 'unit', unit: plainUnit(node, definition, { batch, inputs }) });
  }

  let { output } = region;
  if (region.inputs.some(({ id }) => id === output)) {
    const count = elementCount(region.types.get(output)!.shape);
    elements.push({ kind: 'unit', unit: copyUnit(`${output}#copy`, output, batch, batch * count) });
    output = `${output}#copy`;
    addValue(output, count);
  }
  for (const element of elements) if (element.kind === 'unit') for (const [id, count] of element.unit.buffers) floats.set(id, count);
  return { region, batch, elements, output, floats };
};
