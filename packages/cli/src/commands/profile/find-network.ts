// What the column `network` of measurements names: a network as candidates of a space.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSpaceFile, parseJson } from '@nasc/config';
import type { PredictedSpace } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { describeNamedSpace } from './space-config.ts';
import type { SpaceOptions } from './space-config.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The block that a choice stands for. */
const blockOf = (choice: string): string => choice.replace(/\.choice$/, '');

/** By the keys of its blocks: a network that is written as a space, or in the format of the method's authors. */
const fromBlocks = (network: PredictedSpace, { choices, fixed }: PredictedSpace): readonly number[] | string => {
  const [open] = network.choices;
  if (open) return `it leaves "${open.id}" open`;
  const keysOf = new Map(network.fixed.map(({ id, keys }) => [id, keys]));
  for (const { id, keys } of fixed) {
    const own = keysOf.get(id);
    if (own?.join(' ') !== keys.join(' ')) return `its "${id}" is ${own?.join(' ') ?? 'missing'}, not ${keys.join(' ')}`;
  }
  if (network.fixed.length !== fixed.length + choices.length)
    return `it has ${network.fixed.length - fixed.length} blocks, and the space ${choices.length} choices`;
  const found: number[] = [];
  for (const { id, candidates } of choices) {
    const key = (keysOf.get(blockOf(id)) ?? keysOf.get(id))?.join(' ');
    const index = candidates.findIndex((candidate) => candidate.key === key);
    if (index < 0) return `its "${blockOf(id)}" is ${key ?? 'missing'}, which is no candidate`;
    found.push(index);
  }
  return found;
};

/** What `architecture` holds: an index a choice. */
const fromIndices = (indices: readonly unknown[], { choices }: PredictedSpace): readonly number[] | string => {
  if (indices.length !== choices.length) return `it has ${indices.length} candidates, and the space ${choices.length} choices`;
  const wrong = indices.findIndex((index, choice) => !Number.isInteger(index) || !choices[choice]!.candidates[Number(index)]);
  return wrong < 0 ? (indices as readonly number[]) : `"${choices[wrong]!.id}" has no candidate ${JSON.stringify(indices[wrong])}`;
};

/** What `report.json` holds: a name a choice, under the choice's block. */
const fromNames = (chosen: readonly unknown[], { choices }: PredictedSpace): readonly number[] | string => {
  const names = new Map(chosen.filter(isObject).map(({ id, candidate }) => [id, candidate]));
  const found = choices.map(({ id, candidates }) => {
    const name = names.get(blockOf(id)) ?? names.get(id);
    return candidates.findIndex((candidate) => candidate.name === name);
  });
  const wrong = found.indexOf(-1);
  return wrong < 0 ? found : `it names no candidate of "${choices[wrong]!.id}"`;
};

const fromJson = (file: string, space: PredictedSpace, options: SpaceOptions): readonly number[] | string => {
  let text: string;
  try {
    text = readFileSync(resolve(options.folder, file), 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    if (reason === undefined) throw cause;
    return `it cannot be read: ${reason}`;
  }
  const value = parseJson(text, file);
  if (isObject(value) && Array.isArray(value['networks'])) {
    const networks = value['networks'].filter(isObject);
    const [only] = networks;
    if (networks.length !== 1) return `it is a report of ${networks.length} networks; one is needed`;
    return fromNames((only!['choices'] ?? []) as readonly unknown[], space);
  }
  if (isObject(value) && Array.isArray(value['choices'])) return fromIndices(value['choices'], space);
  return fromBlocks(describeNamedSpace(file, options), space);
};

/** Candidates by index, or why the network is none of the space. `options.folder` is where relative paths start. */
export const findNetwork = (network: string, space: PredictedSpace, options: SpaceOptions): readonly number[] | string => {
  try {
    return isSpaceFile(network) ? fromJson(network, space, options) : fromBlocks(describeNamedSpace(network, options), space);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics[0]!.message.replace(/\.$/, '');
  }
};
