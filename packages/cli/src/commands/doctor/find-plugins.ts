// What the plugins find of what they need: engines, targets, data sets.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { validateOptions } from '@nasc/config';
import type { PluginHost } from '@nasc/core';
import { find, optional } from './finding.ts';
import type { Finding } from './finding.ts';

/** One that works is enough: while there is one, what the others lack is no failure. */
export const findEngines = async ({ registrations }: PluginHost, folder: string): Promise<readonly Finding[]> => {
  const options = { threads: cpus().length, cacheFolder: join(folder, '.nasc', 'cache') };
  const probed = await Promise.all(
    registrations.all('engine').map(async ({ value }) => ({ engine: value, found: await value.probe(options) })),
  );
  const needed = !probed.some(({ found }) => found.available);
  return probed.map(({ engine, found: { available, detail } }) => ({ name: `engine ${engine.name}`, ok: available, needed, detail }));
};

export const findTargets = ({ registrations }: PluginHost): Promise<readonly Finding[]> =>
  Promise.all(
    registrations.all('target').map(({ value }) =>
      find(`target ${value.name}`, async () => {
        const target = value.create(validateOptions(value.optionsSchema, {}, `target ${value.name}`));
        return (await target.device()).description;
      }),
    ),
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
