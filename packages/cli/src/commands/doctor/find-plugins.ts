// What the plugins find of what they need: engines, targets, data sets.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { validateOptions } from '@nasc/config';
import { trackedRegistry } from '@nasc/core';
import type { EngineSpeed, PluginHost } from '@nasc/core';
import { find, optional } from './finding.ts';
import type { Finding } from './finding.ts';

const speedOf = ({ gigaflops, peak, peakOfOneThread }: EngineSpeed, threads: number): string => {
  const share = Math.round((100 * gigaflops) / peak);
  const most = threads === 1 ? '' : `; one thread does ${peakOfOneThread.toFixed(0)} at most`;
  return `${gigaflops.toFixed(0)} of ${peak.toFixed(0)} GFLOP/s (${share} %) in a training step of 1x1 convolutions${most}`;
};

/** One that works is enough: while there is one, what the others lack is no failure. */
export const findEngines = async ({ registrations }: PluginHost, folder: string): Promise<readonly Finding[]> => {
  const threads = cpus().length;
  const options = { threads, cacheFolder: join(folder, '.nasc', 'cache') };
  const probed = await Promise.all(
    registrations.all('engine').map(async ({ value }) => ({ engine: value, found: await value.probe(options) })),
  );
  const needed = !probed.some(({ found }) => found.available);
  const { ops, patterns } = trackedRegistry(registrations, {});
  const findings: Finding[] = [];
  for (const { engine, found } of probed) {
    findings.push({ name: `engine ${engine.name}`, ok: found.available, needed, detail: found.detail });
    if (!found.available || !engine.measure) continue;
    const speed = await find(`speed of ${engine.name}`, async () => speedOf(await engine.measure!({ ...options, ops, patterns }), threads));
    findings.push({ ...speed, needed: false });
  }
  return findings;
};

/** One with options that only a config can give is neither there nor missing. */
export const findTargets = ({ registrations }: PluginHost, folder: string): Promise<readonly Finding[]> =>
  Promise.all(
    registrations.all('target').map(({ value }) => {
      const name = `target ${value.name}`;
      const required = (value.optionsSchema['required'] ?? []) as readonly string[];
      if (required.length > 0) return optional(name, `${value.description} Needs: ${required.join(', ')}.`, '');
      return find(name, async () => {
        const target = value.create(validateOptions(value.optionsSchema, {}, name), { folder });
        return (await target.device()).description;
      });
    }),
  );

export const findDatasets = ({ registrations }: PluginHost, path: readonly string[]): Promise<readonly Finding[]> =>
  Promise.all(
    registrations.all('dataset').map(async ({ value }) => {
      const name = `data set ${value.name}`;
      let place: string | undefined;
      const found = await find(name, async () => (place = value.find ? await value.find(path) : value.description) ?? '');
      // What is there in part is neither there nor absent.
      if (!found.ok) return { ...found, needed: false };
      return optional(name, place, `not on this machine: ${value.description}`);
    }),
  );
