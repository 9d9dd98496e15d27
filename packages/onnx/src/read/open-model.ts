// A file that is to be read back: its parts by name, checked for the form that the writer gives them.
import { DiagnosticError } from '@nasc/diagnostics';
import { float32 } from '@nasc/ir';
import type { TensorType } from '@nasc/ir';
import { checkModel } from '../check-model.ts';
import { fromNchwOrder } from '../layout.ts';
import { messages } from '../messages.ts';
import { modelMessage, opsets, tensorMessage } from '../proto.ts';
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../proto.ts';
import { batchName } from '../values.ts';

const floats = tensorMessage.DataType.FLOAT;

export interface OpenModel {
  readonly name: string;
  readonly opset: number;
  readonly dynamicBatch: boolean;
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly { readonly name: string; readonly type: TensorType }[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Types of values with a batch, by name; per example, images as [H, W, C]. */
  readonly types: ReadonlyMap<string, TensorType>;
  readonly metadata: NonNullable<ModelProto['metadataProps']>;
}

const decode = (bytes: Uint8Array): ModelProto => {
  try {
    return modelMessage.decode(bytes);
  } catch (cause) {
    throw new DiagnosticError([messages.unreadable(cause instanceof Error ? cause.message : String(cause))], { cause });
  }
};

/** Sizes as numbers, and names of symbolic ones. */
const dimensionsOf = ({ type }: ValueInfoProto): readonly (number | string)[] =>
  (type?.tensorType?.shape?.dim ?? []).map(({ dimParam, dimValue }) => dimParam || Number(dimValue));

const typeOf = (value: ValueInfoProto): TensorType => float32(...fromNchwOrder(dimensionsOf(value).slice(1).map(Number)));

/** Throws ONNX_UNREADABLE, ONNX_FORM_UNKNOWN. */
export const openModel = (bytes: Uint8Array): OpenModel => {
  const model = decode(bytes);
  const { graph } = model;
  if (!graph || !model.opsetImport?.length) throw new DiagnosticError([messages.unreadable('it holds no graph')]);
  const name = graph.name ?? '';
  const fail = (detail: string): never => {
    throw new DiagnosticError([messages.formUnknown(name, detail)]);
  };

  const sets = model.opsetImport.map(({ domain, version }) => ({ domain: domain ?? '', version: Number(version) }));
  const [{ domain, version: opset }] = sets as [(typeof sets)[number]];
  if (sets.length > 1 || domain !== '') fail(`it uses operators of "${sets.find((set) => set.domain !== '')?.domain}"`);
  if (opset < opsets.oldest || opset > opsets.newest) fail(`its operator set is ${opset}, not ${opsets.oldest} to ${opsets.newest}`);
  const problems = checkModel(model);
  if (problems.length > 0) fail(problems.join('; '));

  const inputs = graph.input ?? [];
  const batches = new Set(inputs.map((input) => dimensionsOf(input)[0]));
  const [batch] = batches;
  if (batches.size !== 1 || (batch !== batchName && batch !== 1)) fail(`the first dimension of its inputs is not "${batchName}", or 1`);

  const outputs = graph.output ?? [];
  const isFloats = (value: ValueInfoProto) => value.type?.tensorType?.elemType === floats && dimensionsOf(value)[0] === batch;
  const other = [...inputs, ...outputs].find((value) => !isFloats(value));
  if (other) fail(`"${other.name}" is no float32 value with the batch in front`);
  const described = [...inputs, ...outputs, ...(graph.valueInfo ?? [])].filter(isFloats);
  return {
    name,
    opset,
    dynamicBatch: batch === batchName,
    nodes: graph.node ?? [],
    inputs: inputs.map((input) => ({ name: input.name ?? '', type: typeOf(input) })),
    outputs: outputs.map((output) => output.name ?? ''),
    constants: new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor])),
    types: new Map(described.map((value) => [value.name ?? '', typeOf(value)])),
    metadata: model.metadataProps ?? [],
  };
};
