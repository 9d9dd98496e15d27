// What flows through the pipeline, as text: graphs by the IR's printer, tensors by their number, the rest as JSON.
import { printGraph } from '@nasc/ir';
import type { Graph, OpLookup, PrintOptions } from '@nasc/ir';

const isTensor = (value: unknown): value is { shape: readonly number[]; data: Float32Array } =>
  typeof value === 'object' && value !== null && (value as { data?: unknown }).data instanceof Float32Array;

const isGraph = (value: unknown): value is Graph =>
  typeof value === 'object' && value !== null && Array.isArray((value as Graph).nodes) && Array.isArray((value as Graph).outputs);

const longestList = 16;

/** Plain data of a readable size: tensors, bytes and long lists are replaced by what they are. */
export const summarise = (value: unknown): unknown => {
  if (isTensor(value)) return `tensor ${value.shape.join('x')}`;
  if (value instanceof Map) {
    const entries = [...(value as Map<string, unknown>)];
    if (entries.length > 0 && entries.every(([, item]) => isTensor(item))) {
      const values = entries.reduce((sum, [, item]) => sum + (item as { data: Float32Array }).data.length, 0);
      return `${entries.length} tensors, ${values} values`;
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, typeof item === 'string' ? `${Buffer.byteLength(item)} bytes` : summarise(item)]),
    );
  }
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (isGraph(value)) return `graph of ${value.nodes.length} nodes`;
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) {
    if (value.length > longestList && value.every((item) => typeof item !== 'object')) return `list of ${value.length}`;
    return value.map(summarise);
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, summarise(item)]));
};

/** A graph, or a value that holds one, is printed as a graph; anything else as JSON. */
export const describeArtifact = (value: unknown, ops: OpLookup | undefined, options: PrintOptions = {}): string => {
  const withOps = { ...options, ...(ops && { ops }) };
  if (isGraph(value)) return printGraph(value, withOps);
  const { graph, ...rest } = (value ?? {}) as { graph?: unknown };
  if (!isGraph(graph)) return JSON.stringify(summarise(value), undefined, 2) ?? String(value);
  const others = JSON.stringify(summarise(rest), undefined, 2);
  return others === '{}' ? printGraph(graph, withOps) : `${printGraph(graph, withOps)}\n${others}`;
};
