// Any images, in folders that name their classes.
import { resolve } from 'node:path';
import type { DatasetDefinition } from '@nasc/core';
import { readImageFolder } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';
import { resolutionOption } from './resolution-option.ts';

interface Options {
  readonly path: string;
  readonly resolution?: number;
  readonly channels?: 1 | 3;
  readonly testShare?: number;
}

export const imageFolder: DatasetDefinition = {
  name: 'image-folder',
  description: 'Own images: a folder or tar archive of train/CLASS/IMAGE and test/CLASS/IMAGE, or of CLASS/IMAGE.',
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: {
        type: 'string',
        minLength: 1,
        description: 'Folder or tar archive; a relative path is looked up from the working directory, then in the search path.',
      },
      resolution: resolutionOption,
      channels: { enum: [1, 3], description: 'Grey or colour; when absent, grey if all images are.' },
      testShare: {
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.2,
        description: 'Share of the images held out for test, chosen by a hash of their names, where there is no test folder.',
      },
    },
  },
  async load(options, { searchPath, cacheFolder, workers, signal, progress }) {
    const { path, resolution, channels, testShare } = options as unknown as Options;
    const places = [...new Set([resolve(path), ...searchPath.map((folder) => resolve(folder, path))])];
    for (const place of places) {
      const dataset = await readImageFolder(place, {
        ...(resolution !== undefined && { resolution: { height: resolution, width: resolution } }),
        ...(channels !== undefined && { channels }),
        ...(testShare !== undefined && { testShare }),
        cacheFolder,
        workers,
        signal,
        onImage: (done, total) => progress(done, total, 'images', 'checking'),
      });
      if (dataset) return dataset;
    }
    throw new DiagnosticError([messages.folderNotFound(path, places)]);
  },
};
