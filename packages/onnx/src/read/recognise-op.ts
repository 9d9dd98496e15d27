// Which op of the IR a group of ONNX nodes is. An op proposes attributes and parameters, and is taken if its own lowering writes
// exactly these nodes and constants for them: what is read is what the file computes, whatever the file says about itself.
import { DiagnosticError } from '@nasc/diagnostics';
import { completeAttributes, inferType, parameterId, sameShape } from '@nasc/ir';
import type { Attributes, OpDefinition, OpLookup, OpNode, TensorTable, TensorType } from '@nasc/ir';
import { emitNode } from '../emitter.ts';
import type { OnnxLowering, OnnxNodes, ReadOp } from '../lowering.ts';
import { messages } from '../messages.ts';
import type { NodeProto, TensorProto } from '../proto.ts';
import { readAttributes, readFloats, readIntegers } from '../values.ts';
import type { NodeGroup } from './node-groups.ts';
import type { OpenModel } from './open-model.ts';

/** A value of the file that is an input or the output of a node of the IR. */
export interface ReadValue {
  readonly id: string;
  /** In the file. */
  readonly name: string;
  readonly type: TensorType;
}

export interface RecognisedNode {
  readonly node: OpNode;
  readonly parameters: TensorTable;
}

/** Names that the group reads, as they are met on the way back from its value: the order in which lowerings take their inputs. */
const operandNames = ({ nodes, value }: NodeGroup, constants: OpenModel['constants']): readonly string[] => {
  const makers = new Map(nodes.map((node) => [node.output![0]!, node]));
  const collect = (name: string): readonly string[] => {
    const maker = makers.get(name);
    if (maker) return (maker.input ?? []).flatMap(collect);
    return name === '' || constants.has(name) ? [] : [name];
  };
  return value === undefined ? [] : collect(value);
};

/** A lowering may read an input more than once: then the inputs are the distinct ones. */
const fitArity = (operands: readonly ReadValue[], { arity }: OpDefinition): readonly ReadValue[] | undefined => {
  const fits = ({ length }: readonly ReadValue[]) => (typeof arity === 'number' ? length === arity : length >= arity.atLeast);
  return [operands, [...new Set(operands)]].find(fits);
};

/** All of a node but its doc_string. Attributes are counted, too: those of a kind that is never written are not among the read ones. */
const plain = ({ opType, domain, name, input, output, attribute }: NodeProto): string => {
  const attributes = Object.entries(readAttributes(attribute ?? [])).toSorted();
  return JSON.stringify([opType, domain ?? '', name, input ?? [], output ?? [], attribute?.length ?? 0, attributes]);
};

const sameTensor = (a: TensorProto, b: TensorProto | undefined): boolean =>
  a.dataType === b?.dataType && sameShape((a.dims ?? []).map(Number), (b?.dims ?? []).map(Number)) && sameBytes(a.rawData, b?.rawData);

const sameBytes = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean =>
  a?.length === b?.length && Buffer.compare(a ?? new Uint8Array(), b ?? new Uint8Array()) === 0;

/** The node that the op makes of the group, or why it makes none. */
const attempt = (op: OpDefinition, group: NodeGroup, operands: readonly ReadValue[], model: OpenModel): RecognisedNode | string => {
  const lowering = op.lower.onnx as OnnxLowering<Attributes> | undefined;
  const inputs = fitArity(operands, op);
  const output = model.types.get(group.value ?? '');
  if (!lowering) return 'it has no ONNX lowering';
  if (!inputs) return `it takes another number of inputs than ${operands.length}`;
  if (!output) return 'the shape of its output is not written down';
  const { id } = group;
  const inputTypes = inputs.map(({ type }) => type);
  const file: OnnxNodes = {
    nodes: group.nodes.map(({ opType, input, attribute }) => ({
      opType: opType ?? '',
      inputs: input ?? [],
      attributes: readAttributes(attribute ?? []),
    })),
    inputs: inputTypes,
    output,
    constant: (name) => (model.constants.has(name ?? '') ? readFloats(model.constants.get(name ?? '')!) : undefined),
    integers: (name) => (model.constants.has(name ?? '') ? readIntegers(model.constants.get(name ?? '')!) : undefined),
  };
  const proposed: ReadOp<Attributes> | undefined = lowering.read ? lowering.read(file) : { attributes: {} };
  if (!proposed) return 'the nodes are others';

  const attributes = completeAttributes(op, proposed.attributes, id);
  const type = inferType(op, attributes, inputTypes, id);
  if (!sameShape(type.shape, output.shape)) return `the output is ${output.shape.join('x')} instead of ${type.shape.join('x')}`;
  const parameters = new Map<string, NonNullable<ReadOp<Attributes>['parameters']>[string]>();
  for (const { name, shape } of op.parameters?.(attributes, inputTypes) ?? []) {
    const tensor = proposed.parameters?.[name];
    if (!tensor) return `the parameter "${name}" is not there`;
    if (!sameShape(tensor.shape, shape)) return `the parameter "${name}" is ${tensor.shape.join('x')} instead of ${shape.join('x')}`;
    parameters.set(parameterId(id, name), tensor);
  }

  const node: OpNode = { kind: 'op', id, op: op.name, attributes, inputs: inputs.map((input) => input.id), type };
  const names = inputs.map(({ name }) => name);
  const written = emitNode({ node, attributes, inputs: inputTypes, output: type }, op, names, parameters, model.opset);
  const inFile = (name: string) => (name === id ? group.value! : name);
  const nodes = written.nodes.map((each) => ({ ...each, input: each.input!.map(inFile), output: each.output!.map(inFile) }));
  const different = group.nodes.find((each, index) => !nodes[index] || plain(each) !== plain(nodes[index]));
  if (different || nodes.length > group.nodes.length) return `it writes node "${(different ?? nodes.at(-1))!.name}" otherwise`;
  const changed = written.initializers.find((tensor) => !sameTensor(tensor, model.constants.get(tensor.name ?? '')));
  return changed ? `it writes constant "${changed.name}" otherwise` : { node, parameters };
};

const attemptSafely = (...given: Parameters<typeof attempt>): RecognisedNode | string => {
  try {
    return attempt(...given);
  } catch (cause) {
    // Attributes or shapes that the op does not take.
    if (cause instanceof DiagnosticError) return cause.diagnostics[0]!.message.replace(/\.$/, '');
    throw cause;
  }
};

/**
 * The op that the file names comes first; any other that writes the same nodes is as good. Throws ONNX_NODE_UNKNOWN, and
 * ONNX_FORM_UNKNOWN for a value that no node of the IR makes.
 */
export const recogniseOp = (group: NodeGroup, values: ReadonlyMap<string, ReadValue>, model: OpenModel, ops: OpLookup): RecognisedNode => {
  const operands = operandNames(group, model.constants).map((name): ReadValue => {
    const value = values.get(name);
    if (!value)
      throw new DiagnosticError([messages.formUnknown(model.name, `"${group.id}" reads "${name}", which belongs to another node`)]);
    return value;
  });
  const named = ops.get(group.op);
  const first = named && attemptSafely(named, group, operands, model);
  if (first !== undefined && typeof first !== 'string') return first;
  for (const name of ops.names()) {
    const found = attemptSafely(ops.get(name)!, group, operands, model);
    if (typeof found !== 'string') return found;
  }
  const operators = group.nodes.map(({ opType }) => opType ?? '');
  throw new DiagnosticError([messages.nodeUnknown(group.id, operators, { op: group.op, reason: first })]);
};
