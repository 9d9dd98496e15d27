// The space that `nasc profile` is about: the config's own, or one that the command line names.
import { resolve } from 'node:path';
import { isSpaceFile } from '@nasc/config';
import type { LoadedConfig, UserConfig } from '@nasc/config';
import type { PredictedSpace, Registry } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { readSpaceSource } from '@nasc/expand';
import { describeSpace } from '@nasc/profile';
import type { ImageSize } from '../../arguments/image-size.ts';
import { expandNamedSpace } from '../../library/named-space.ts';
import type { NamedSpace } from '../../library/named-space.ts';
import { sizedDatasetName } from '../../library/sized-dataset.ts';
import { messages } from '../../messages.ts';

export interface SpaceOptions {
  readonly size: ImageSize;
  readonly registry: Registry;
  /** Where the command runs. */
  readonly folder: string;
}

const named = (space: string, { size, registry, folder }: SpaceOptions): NamedSpace =>
  expandNamedSpace(readSpaceSource(space, folder, registry.spaces), size, registry);

/** `space` is a name or a file. */
export const describeNamedSpace = (space: string, options: SpaceOptions): PredictedSpace => {
  const { name, graph } = named(space, options);
  return describeSpace(name, graph, options.registry.ops);
};

/** Task and space of a config; without `space` those of the config at hand. */
export const spaceConfig = (
  space: string | undefined,
  loaded: LoadedConfig | undefined,
  options: SpaceOptions,
): Pick<UserConfig, 'task' | 'space'> => {
  if (space === undefined) {
    if (!loaded) throw new DiagnosticError([messages.noSpace(options.registry.spaces.names())]);
    return { task: loaded.config.task, space: loaded.config.space };
  }
  const { inputShape, classes } = named(space, options);
  return {
    task: { dataset: { name: sizedDatasetName, inputShape: [...inputShape], classes } },
    space: isSpaceFile(space) ? resolve(options.folder, space) : space,
  };
};
