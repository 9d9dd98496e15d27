// Summary of an ONNX file of any version, for `nasc inspect`. The schema names only what is summarised, so a reader
// skips everything else, weights included, and files of later ONNX versions are read too.
import protobuf from 'protobufjs';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

// Field numbers of onnx.proto; they never change.
const schema = protobuf.parse(`
  syntax = "proto2";
  message ModelProto {
    optional int64 ir_version = 1;
    optional string producer_name = 2;
    optional GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
    repeated StringStringEntryProto metadata_props = 14;
  }
  message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
  message StringStringEntryProto { optional string key = 1; optional string value = 2; }
  message GraphProto {
    repeated NodeProto node = 1;
    optional string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
    repeated ValueInfoProto value_info = 13;
  }
  message NodeProto { repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4; }
  message TensorProto { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; }
  message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
  message TypeProto {
    optional Tensor tensor_type = 1;
    message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  }
  message TensorShapeProto {
    repeated Dimension dim = 1;
    message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
  }
`).root;
const modelType = schema.lookupType('ModelProto');

export interface OnnxValueSummary {
  readonly name: string;
  /** Numbers, and names of symbolic dimensions; '?' where the file does not say. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxSummary {
  readonly name: string;
  readonly producer: string;
  readonly irVersion: number;
  /** Of the standard operators. */
  readonly opset: number;
  readonly inputs: readonly OnnxValueSummary[];
  readonly outputs: readonly OnnxValueSummary[];
  /** In the file's order. */
  readonly nodes: readonly {
    readonly name: string;
    readonly opType: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  }[];
  /** Op type -> number of nodes, most frequent first. */
  readonly nodeCounts: Readonly<Record<string, number>>;
  /** Of every value that the file describes, by name. */
  readonly shapes: ReadonlyMap<string, OnnxValueSummary['shape']>;
  /** Shapes of the constants by name. */
  readonly constants: ReadonlyMap<string, readonly number[]>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface RawValue {
  readonly name: string;
  readonly type?: {
    readonly tensorType?: { readonly shape?: { readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[] } };
  };
}

interface RawModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph?: {
    readonly name: string;
    readonly node: readonly {
      readonly input: readonly string[];
      readonly output: readonly string[];
      readonly name?: string;
      readonly opType: string;
    }[];
    readonly initializer: readonly { readonly name: string; readonly dims: readonly number[] }[];
    readonly input: readonly RawValue[];
    readonly output: readonly RawValue[];
    readonly valueInfo: readonly RawValue[];
  };
}

const summariseValue = (value: RawValue): OnnxValueSummary => ({
  name: value.name,
  shape: (value.type?.tensorType?.shape?.dim ?? []).map((dim) => dim.dimParam ?? dim.dimValue ?? '?'),
});

const decode = (bytes: Uint8Array): RawModel => {
  try {
    return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as RawModel;
  } catch (cause) {
    throw new DiagnosticError([messages.unreadable(cause instanceof Error ? cause.message : String(cause))], { cause });
  }
};

/** Inputs, outputs, op counts and metadata of a model. Throws ONNX_UNREADABLE. */
export const summariseOnnx = (bytes: Uint8Array): OnnxSummary => {
  const model = decode(bytes);
  const graph = model.graph;
  if (!graph || model.opsetImport.length === 0) throw new DiagnosticError([messages.unreadable('it holds no graph')]);

  const counts = new Map<string, number>();
  for (const { opType } of graph.node) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const constants = new Map(graph.initializer.map(({ name, dims }) => [name, dims]));
  return {
    name: graph.name ?? '',
    producer: model.producerName ?? '',
    irVersion: model.irVersion,
    opset: model.opsetImport.find((set) => !set.domain)?.version ?? 0,
    // Before IR version 4 constants were listed among the inputs.
    inputs: graph.input.filter((input) => !constants.has(input.name)).map((value) => summariseValue(value)),
    outputs: graph.output.map((value) => summariseValue(value)),
    nodes: graph.node.map(({ name, opType, input, output }) => ({ name: name ?? '', opType, inputs: input, outputs: output })),
    nodeCounts: Object.fromEntries([...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
    shapes: new Map([...graph.input, ...graph.output, ...graph.valueInfo].map((value) => [value.name, summariseValue(value).shape])),
    constants,
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
};
