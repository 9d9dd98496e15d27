// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 28x28 grey photographs of clothing, 60 000 for training and 10 000 for test.
import { basename, join } from 'node:path';
import { sha256 } from '@nasc/core';
import type { DatasetContext, DatasetDefinition } from '@nasc/core';
import { findIdxFiles, idxFileNames, listIdxFiles, readBytes, readIdxDataset } from '@nasc/data';
import type { Dataset, IdxFiles } from '@nasc/data';
import { download, orNotFound } from './download.ts';
import { resolutionOption, withResolution } from './resolution-option.ts';

const name = 'fashion-mnist';

/** In the order of the labels, as the authors name them. */
export const fashionMnistClasses = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

/** Published address and MD5 of the .gz files. */
const published = {
  address: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  md5: {
    trainImages: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
    trainLabels: '25c81989df183df01b3e8a0aad5dffbe',
    testImages: 'bef4ecab320f06d8554ea6380940ec79',
    testLabels: 'bb300cfdad3c16e7a12a480ee83cd310',
  },
} as const;

/** SHA-256 of the official training labels, unpacked: tells Fashion-MNIST from MNIST, whose files have the same names. */
const officialLabels = 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9';
const officialManifest = '074f976519180d3ee34bf0b6209e77cb00e59998f8e3609262692e7187e4ccd3';

interface Found {
  readonly files: IdxFiles;
  readonly folder: string;
}

/**
 * Looks for `FOLDER/fashion-mnist` and for the official files in FOLDER itself, without downloading. In the last folder,
 * the user's cache, an incomplete set is an unfinished download.
 */
export const findFashionMnist = async (searchPath: readonly string[]): Promise<Found | undefined> => {
  for (const folder of searchPath) {
    const own = join(folder, name);
    const files = await findIdxFiles(own, folder === searchPath.at(-1) ? 'ignore' : 'error');
    if (files) return { files, folder: own };
    const direct = await findIdxFiles(folder, 'ignore');
    if (!direct) continue;
    if (basename(folder) === name || sha256(await readBytes(direct.trainLabels)) === officialLabels) return { files: direct, folder };
  }
  return undefined;
};

const downloadAll = async (address: string, context: DatasetContext): Promise<Found> => {
  const folder = join(context.searchPath.at(-1)!, name);
  const base = address.endsWith('/') ? address : `${address}/`;
  const roles = Object.keys(idxFileNames) as (keyof IdxFiles)[];
  const files: Partial<Record<keyof IdxFiles, string>> = await listIdxFiles(folder);
  for (const [done, role] of roles.entries()) {
    if (files[role]) continue;
    const file = `${idxFileNames[role]}.gz`;
    context.progress(done, roles.length, 'files', `downloading ${file}`);
    files[role] = join(folder, file);
    await download({ address: new URL(file, base).href, md5: published.md5[role], file: files[role], signal: context.signal });
  }
  context.progress(roles.length, roles.length, 'files');
  return { files: files as IdxFiles, folder };
};

const readFound = async ({ files, folder }: Found, signal: AbortSignal): Promise<Dataset> => {
  const description = { name, classes: fashionMnistClasses, source: folder, defaultAugmentation: { flip: true, crop: 2 } };
  const dataset = await readIdxDataset(files, description, signal);
  return dataset.manifestHash === officialManifest ? dataset : { ...dataset, source: `${folder} (not the official files)` };
};

/** Fashion-MNIST where it is on this machine, or undefined. */
export const loadLocalFashionMnist = async (context: DatasetContext): Promise<Dataset | undefined> => {
  const found = await findFashionMnist(context.searchPath);
  return found && readFound(found, context.signal);
};

export const fashionMnist: DatasetDefinition = {
  name,
  description: '28x28 grey photographs of clothing, 10 classes, 60 000 + 10 000; downloaded (31 MB) when not found.',
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      resolution: resolutionOption,
      address: { type: 'string', minLength: 1, default: published.address, description: 'Where the four .gz files are downloaded from.' },
    },
  },
  find: async (searchPath) => (await findFashionMnist(searchPath))?.folder,
  async load(options, context) {
    const local = await loadLocalFashionMnist(context);
    if (local) return withResolution(local, options['resolution']);
    const address = typeof options['address'] === 'string' ? options['address'] : published.address;
    const files = Object.values(idxFileNames).map((file) => `${file}.gz`);
    const downloaded = await orNotFound(name, files, context, () => downloadAll(address, context));
    return withResolution(await readFound(downloaded, context.signal), options['resolution']);
  },
};
