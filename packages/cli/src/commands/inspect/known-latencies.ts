// Latencies of a space or a network on a target that knows them without measuring.
import { join, resolve } from 'node:path';
import { parseJson } from '@nasc/config';
import type { LoadedConfig } from '@nasc/config';
import { createTarget, noCheckpoint, trackedRegistry } from '@nasc/core';
import type { BlockLatencies, PluginHost } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Graph } from '@nasc/ir';
import { messages } from '../../messages.ts';
import type { Range } from './range.ts';

export interface KnownLatencies {
  readonly target: string;
  readonly blocks: BlockLatencies;
  /** Of the whole network, ms: one number, or a range where there are choices. */
  readonly total: number | Range;
}

interface NamedTarget {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `NAME`, with the options that the config gives it, or `{ "name", ...options }`. */
const readTarget = (text: string, loaded: LoadedConfig | undefined): NamedTarget => {
  const given = text.startsWith('{')
    ? (parseJson(text, '--target') as { readonly name?: unknown; readonly [option: string]: unknown })
    : loaded?.config.targets.find((target) => typeof target !== 'string' && target.name === text);
  if (given === undefined || typeof given === 'string') return { name: text, options: {} };
  const { name, ...options } = given;
  return { name: String(name), options };
};

const totalOf = ({ fixed, choices }: BlockLatencies): number | Range => {
  const constantMs = Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0);
  const sumOver = (pick: (candidatesMs: readonly number[]) => number) =>
    choices.reduce((sum, candidates) => sum + pick(candidates.map(({ ms }) => ms)), constantMs);
  if (choices.length === 0) return constantMs;
  return {
    minimum: sumOver((candidatesMs) => Math.min(...candidatesMs)),
    maximum: sumOver((candidatesMs) => Math.max(...candidatesMs)),
    uniform: sumOver((candidatesMs) => candidatesMs.reduce((sum, ms) => sum + ms, 0) / candidatesMs.length),
  };
};

export interface KnownLatenciesOptions {
  readonly host: PluginHost;
  readonly loaded: LoadedConfig | undefined;
  /** The current folder: where paths begin where there is no config. */
  readonly folder: string;
}

/** Throws INSPECT_TARGET_MEASURES where latencies are not known before something ran, and what the target throws. */
export const knownLatencies = async (
  graph: Graph,
  text: string,
  { host, loaded, folder: current }: KnownLatenciesOptions,
): Promise<KnownLatencies> => {
  const folder = loaded?.folder ?? current;
  const target = createTarget(host.registrations, readTarget(text, loaded), '--target', { folder });
  if (!target.capabilities.latenciesKnown || !target.measureBlocks) throw new DiagnosticError([messages.targetMeasures(target.name)]);
  const blocks = await target.measureBlocks(graph, {
    signal: new AbortController().signal,
    seed: loaded?.config.seed ?? 0,
    cacheFolder: join(resolve(folder, loaded?.config.cacheDir ?? '.nasc'), 'cache'),
    registry: trackedRegistry(host.registrations, {}),
    checkpoint: noCheckpoint(),
    progress: () => {},
  });
  return { target: target.name, blocks, total: totalOf(blocks) };
};
