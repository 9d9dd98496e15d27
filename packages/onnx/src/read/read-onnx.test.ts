import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { buildNetwork, defineOp, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import type { OpDefinition } from '@nasc/ir';
import { expect, test } from 'vitest';
import { onlyNode, onnxLowering } from '../lowering.ts';
import { encodeModel, modelMessage } from '../proto.ts';
import type { ModelProto, NodeProto } from '../proto.ts';
import { integerTensor, readIntegers } from '../values.ts';
import { writeOnnx } from '../write-onnx.ts';
import { readOnnx } from './read-onnx.ts';

// Ops as a plugin would bring them; the built-in ones are read in the conformance suite.
const op = (name: string, rest: Partial<OpDefinition>): OpDefinition =>
  defineOp({
    name,
    doc: name,
    attributesSchema: { type: 'object', additionalProperties: false },
    arity: 1,
    inferType: (_attributes, [input]) => input!,
    lower: {},
    examples: [],
    ...rest,
  });
const rectify = op('rectify', { lower: { onnx: onnxLowering({ emit: (_view, [x], emitter) => emitter.node('Relu', [x!]) }) } });
const sameAsRectify = op('sameAsRectify', { lower: rectify.lower });
const scale = op('scale', {
  parameters: (_attributes, [input]) => [
    { name: 'factor', shape: input!.shape, trainable: true, init: { kind: 'normal', std: 1 }, role: 'weight' },
  ],
  lower: {
    onnx: onnxLowering({
      emit: (_view, [x], emitter) => {
        const { shape, data } = emitter.parameter('factor');
        return emitter.node('Mul', [x!, emitter.constant('factor', shape, data)]);
      },
      read: (file) => {
        const factor = file.constant(onlyNode(file, 'Mul')?.inputs[1]);
        return factor && { attributes: {}, parameters: { factor } };
      },
    }),
  },
});
const ops = lookupOf([rectify, sameAsRectify, scale]);
const graph = buildNetwork({ ops }, (builder) => {
  const group = builder.group({ id: 'block', macro: 'test', attributes: { width: 4 }, shortcut: false });
  const scaled = group.op('scaled', 'scale', [builder.input('input', float32(4))]);
  return builder.op('same', 'sameAsRectify', [group.op('positive', 'rectify', [scaled])]);
});
const weights = initialiseParameters(graph, ops, 0);
const bytes = writeOnnx(graph, weights, ops, { name: 'net', metadata: { space: 'small' } });

/** The file with a change. */
const changed = (change: (model: ModelProto & { graph: { node: NodeProto[] } }) => void): Uint8Array => {
  const model = modelMessage.decode(bytes) as ModelProto & { graph: { node: NodeProto[] } };
  change(model);
  return encodeModel(model);
};
const failure = (file: Uint8Array, lookup = ops): string => {
  try {
    readOnnx(file, lookup);
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'nothing was thrown';
};

test('a network comes back with its ids, blocks, weights and what it was written with', () => {
  expect(readOnnx(bytes, ops)).toEqual({ graph, weights, name: 'net', opset: 15, dynamicBatch: true, metadata: { space: 'small' } });
});

test('of two ops that are written alike, the one that the file names is read; without a name any of them', () => {
  const opsOf = (file: Uint8Array) => readOnnx(file, ops).graph.nodes.map((node) => node.op);
  expect(opsOf(bytes)).toEqual(['scale', 'rectify', 'sameAsRectify']);
  const nameless = changed(({ graph: { node } }) => node.forEach((each) => (each.docString = '')));
  expect(opsOf(nameless)).toEqual(['scale', 'rectify', 'rectify']);
});

test('a file that says of a node what it does not compute is read as what it computes', () => {
  const lying = changed(({ graph: { node } }) => (node[1]!.docString = 'scale'));
  expect(readOnnx(lying, ops).graph.nodes[1]!.op).toBe('rectify');
});

test('integers beyond 32 bits keep their value', () => {
  const values = [0, -1, 2 ** 40, -(2 ** 40)];
  expect(readIntegers(integerTensor('sizes', values))).toEqual(values);
});

const notOurs = 'hint: Files that nasc wrote can be read back; those that another tool wrote, or changed, cannot.';

test('a node that no op is written as', () => {
  const strange = changed(({ graph: { node } }) => Object.assign(node[1]!, { opType: 'Tanh', docString: '' }));
  expect(failure(strange)).toBe(`error ONNX_NODE_UNKNOWN: No op is written in ONNX as "block.positive" is: Tanh.
  at block.positive
  ${notOurs}`);
});

test('a node of an op that no plugin registered', () => {
  expect(failure(bytes, lookupOf([rectify, sameAsRectify])))
    .toBe(`error ONNX_NODE_UNKNOWN: No op is written in ONNX as "block.scaled" is: Mul.
  at block.scaled
  hint: It was written for the op "scale": add the plugin that defines it to \`plugins\`.`);
});

test('a node that its op would write otherwise', () => {
  const shorter = changed(({ graph: { initializer } }) => Object.assign(initializer![0]!, { dims: [2], rawData: new Uint8Array(8) }));
  expect(failure(shorter)).toBe(`error ONNX_NODE_UNKNOWN: No op is written in ONNX as "block.scaled" is: Mul.
  at block.scaled
  hint: It was written for the op "scale", which does not make this of it: the parameter "factor" is 2 instead of 4.`);
  const turned = changed(({ graph: { node } }) => (node[0]!.input = node[0]!.input!.toReversed()));
  expect(failure(turned)).toContain('the nodes are others');
  const extended = changed(({ graph: { node } }) => (node[1]!.attribute = [{ name: 'alpha', type: 2, i: 1 }]));
  expect(failure(extended)).toContain('it writes node "block.positive" otherwise');
  const valued = changed(({ graph: { node } }) => (node[1]!.attribute = [{ name: 'value', type: 4, t: integerTensor('one', [1]) }]));
  expect(failure(valued)).toContain('it writes node "block.positive" otherwise');
});

test.each<[string, (model: ModelProto) => void, string]>([
  [
    'operators of another domain',
    (model) => model.opsetImport!.push({ domain: 'com.microsoft', version: 1 }),
    'it uses operators of "com.microsoft"',
  ],
  [
    'an operator set of another time',
    (model) => (model.opsetImport = [{ domain: '', version: 11 }]),
    'its operator set is 11, not 13 to 26',
  ],
  [
    'another batch',
    (model) => (model.graph!.input![0]!.type!.tensorType!.shape!.dim![0] = { dimParam: 'N' }),
    'the first dimension of its inputs is not "batch", or 1',
  ],
  [
    'values of another type',
    (model) => (model.graph!.output![0]!.type!.tensorType!.elemType = 10),
    '"logits" is no float32 value with the batch in front',
  ],
  ['damaged metadata', (model) => (model.metadataProps!.at(-1)!.value = '[{'), 'its metadata "blocks" is no JSON'],
  [
    'a constant that nobody reads',
    (model) => void model.graph!.initializer!.push(integerTensor('spare', [1])),
    'constant "spare" is used by nothing',
  ],
])('%s', (_name, change, detail) => {
  expect(failure(changed(change))).toBe(`error ONNX_FORM_UNKNOWN: The ONNX model "net" is not in the form that nasc writes: ${detail}.
  ${notOurs}`);
});

test('bytes that are no model', () => {
  expect(failure(new TextEncoder().encode('<html>'))).toMatch(/^error ONNX_UNREADABLE: This is not an ONNX model: /);
  expect(failure(new Uint8Array())).toMatch(/^error ONNX_UNREADABLE: This is not an ONNX model: it holds no graph\./);
});
