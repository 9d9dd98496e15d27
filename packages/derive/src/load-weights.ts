// Weights of one network from a safetensors file: by the parameter ids of this project, or by the names of the authors' PyTorch code.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '@nasc/config';
import { floatsOf, listSafetensors, sha256 } from '@nasc/core';
import type { StoredTensor } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { parametersOf } from '@nasc/ir';
import type { NetworkGraph, OpLookup, Tensor, TensorTable } from '@nasc/ir';
import { readTorchTensor, recogniseNetwork, torchParameters, torchShape } from '@nasc/net-config';
import { firstNotFinite } from '@nasc/training';
import { messages } from './messages.ts';

type Start = Config['derive']['retrain']['from'];

export const isWeightsFile = (from: Start): boolean => from !== 'scratch' && from !== 'shared';

/** What a key depends on: a file's content, whatever its name. */
export const startKey = (from: Start, folder: string): unknown => {
  if (!isWeightsFile(from)) return from;
  try {
    return { content: sha256(readFileSync(resolve(folder, from))) };
  } catch {
    // Told with its place when the weights are read.
    return { file: from };
  }
};

/** A tensor that the network needs, under one way of naming. */
interface Wanted {
  readonly name: string;
  readonly id: string;
  readonly shape: readonly number[];
  /** From the file's layout to ours. */
  readonly read: (tensor: Tensor) => Tensor;
}

/** The two ways of naming; PyTorch's only where the network is one that the authors' format can say. */
const namings = (graph: NetworkGraph, ops: OpLookup): readonly (readonly Wanted[])[] => {
  const own = parametersOf(graph, ops).map(({ id, spec: { shape } }) => ({ name: id, id, shape, read: (tensor: Tensor) => tensor }));
  const shapes = new Map(own.map(({ id, shape }) => [id, shape]));
  const recognised = recogniseNetwork(graph);
  if ('reason' in recognised) return [own];
  const torch = torchParameters(recognised.network).map((parameter) => ({
    ...parameter,
    shape: torchShape(parameter, shapes.get(parameter.id)!),
    read: (tensor: Tensor) => readTorchTensor(parameter, tensor),
  }));
  return [own, torch];
};

/** Counts of training steps, which PyTorch keeps beside each normalisation, say nothing here; `module.` comes from its DataParallel. */
const withoutWrapping = (tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> =>
  new Map(
    [...tensors]
      .filter(([name]) => !name.endsWith('.num_batches_tracked'))
      .map(([name, tensor]) => [name.replace(/^module\./, ''), tensor]),
  );

const readStored = (path: string, folder: string): ReadonlyMap<string, StoredTensor> => {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(folder, path));
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.weightsNotRead(path, reason)], { cause });
  }
  try {
    return withoutWrapping(listSafetensors(bytes));
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new DiagnosticError([messages.weightsMalformed(path, cause.message)], { cause });
  }
};

/** Throws what can be said of the file before the network is known: DERIVE_WEIGHTS_NOT_READ, DERIVE_WEIGHTS_MALFORMED. */
export const checkWeightsFile = ({ derive: { retrain } }: Config, folder: string): void => {
  if (isWeightsFile(retrain.from)) readStored(retrain.from, folder);
};

const isShape = (found: readonly number[], wanted: readonly number[]): boolean =>
  found.length === wanted.length && found.every((size, axis) => size === wanted[axis]);

/**
 * Every parameter of the network, in the layout of docs/formats.md. Tensors are float16, bfloat16, float32 or float64. Throws
 * DERIVE_WEIGHTS_NOT_READ, DERIVE_WEIGHTS_MALFORMED, or DERIVE_WEIGHTS_DO_NOT_FIT with the name of every tensor that is missing, that
 * nobody asked for, or that has another shape, another type or values that are not numbers.
 */
export const loadWeights = (path: string, folder: string, graph: NetworkGraph, ops: OpLookup): TensorTable => {
  const stored = readStored(path, folder);
  const matches = (naming: readonly Wanted[]) => naming.filter(({ name }) => stored.has(name)).length;
  const [first, ...others] = namings(graph, ops);
  const wanted = others.reduce((best, naming) => (matches(naming) > matches(best) ? naming : best), first!);

  const names = new Set(wanted.map(({ name }) => name));
  const missing: string[] = [];
  const unexpected = [...stored.keys()].filter((name) => !names.has(name));
  const misfits: string[] = [];
  const weights = new Map<string, Tensor>();
  for (const { name, id, shape, read } of wanted) {
    const found = stored.get(name);
    if (!found) {
      missing.push(name);
      continue;
    }
    const data = floatsOf(found);
    if (!data) misfits.push(`${name} holds ${found.dtype}`);
    else if (!isShape(found.shape, shape)) misfits.push(`${name} is [${found.shape.join(', ')}], not [${shape.join(', ')}]`);
    else if (firstNotFinite(new Map([[id, { shape, data }]])) !== undefined) misfits.push(`${name} has values that are not numbers`);
    else weights.set(id, read({ shape, data }));
  }
  if (missing.length + unexpected.length + misfits.length > 0)
    throw new DiagnosticError([messages.weightsDoNotFit(path, { missing, unexpected, misfits })]);
  return weights;
};
