// Latencies of a space or a network on a device of which there is a profile.
import type { LoadedConfig } from '@nasc/config';
import { createLatencyPredictor, createTarget, trackedRegistry } from '@nasc/core';
import type { DeviceDescription, LatencyModel, PluginHost } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Graph } from '@nasc/ir';
import { describeSpace, mergeProfiles, readProfile } from '@nasc/profile';
import { readTarget } from '../../arguments/read-target.ts';
import { messages } from '../../messages.ts';
import type { Range } from './range.ts';

export interface KnownLatencies {
  readonly target: string;
  readonly device: DeviceDescription;
  readonly model: LatencyModel;
  /** Of the whole network, ms: one number, or a range where there are choices. */
  readonly total: number | Range;
}

const totalOf = ({ fixed, choices }: LatencyModel): number | Range => {
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

/** Throws INSPECT_TARGET_MEASURES where no profile is known, and LATENCY_MISSING where it lacks a block. */
export const knownLatencies = async (
  { name, graph }: { readonly name: string; readonly graph: Graph },
  text: string,
  { host, loaded, folder: current }: KnownLatenciesOptions,
): Promise<KnownLatencies> => {
  const folder = loaded?.folder ?? current;
  const { registrations } = host;
  const target = createTarget(registrations, readTarget(text, loaded), '--target', { folder });
  const device = await target.device();
  const profiles = (loaded?.config.annotate.profiles ?? []).map((file) => readProfile(file, folder));
  const own = profiles.filter((one) => one.device.id === device.id);
  const profile = target.profile ?? (own.length > 0 ? mergeProfiles(own) : undefined);
  if (!profile) throw new DiagnosticError([messages.targetMeasures(target.name)]);
  const space = describeSpace(name, graph, trackedRegistry(registrations, {}).ops);
  const seed = loaded?.config.seed ?? 0;
  const model = createLatencyPredictor(registrations, { name: 'corrected', options: {} }, '--target').fit({
    space,
    profile,
    others: [],
    seed,
  });
  return { target: target.name, device, model, total: totalOf(model) };
};
