// CIFAR-10 (Krizhevsky 2009): 32x32 colour photographs of ten kinds of things, 50 000 for training and 10 000 for test.
import { join } from 'node:path';
import type { DatasetContext, DatasetDefinition } from '@nasc/core';
import { readImageFolder } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { archiveMd5, cifar10Classes, readCifar10Archive, readCifar10Folder } from './cifar10-binary.ts';
import { archiveName, findCifar10 } from './cifar10-find.ts';
import type { Cifar10Form, FoundCifar10 } from './cifar10-find.ts';
import { download, orNotFound } from './download.ts';
import { messages } from './messages.ts';
import { resolutionOption, withResolution } from './resolution-option.ts';

const name = 'cifar10';
const publishedAddress = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const archiveBytes = 170_052_171;

interface Options {
  readonly form?: Cifar10Form;
  readonly resolution?: number;
  readonly address?: string;
}

/** Folders of images are usually JPEG, and lossy: their accuracies are not those of the official pixels. */
const imagesSource = (place: string): string => `${place} (images, not the official files)`;

const readImages = async (place: string, { cacheFolder, workers, signal, progress }: DatasetContext): Promise<Dataset> => {
  const onImage = (done: number, total: number): void => progress(done, total, 'images', 'checking');
  const dataset = await readImageFolder(place, { channels: 3, cacheFolder, workers, signal, onImage });
  const found = dataset?.classes ?? [];
  const missing = cifar10Classes.filter((label) => !found.includes(label));
  const other = found.filter((label) => !(cifar10Classes as readonly string[]).includes(label));
  if (!dataset || missing.length + other.length > 0) throw new DiagnosticError([messages.cifar10Classes(place, missing, other)]);
  return { ...dataset, name, source: imagesSource(place) };
};

const readFound = ({ kind, place }: FoundCifar10, context: DatasetContext): Promise<Dataset> => {
  if (kind === 'images') return readImages(place, context);
  return (kind === 'archive' ? readCifar10Archive : readCifar10Folder)(place, context.signal);
};

const downloadArchive = async (address: string, { searchPath, signal, progress }: DatasetContext): Promise<FoundCifar10> => {
  const file = join(searchPath.at(-1)!, name, archiveName);
  const onBytes = (received: number): void => progress(received, archiveBytes, 'bytes', `downloading ${archiveName}`);
  await download({ address, md5: archiveMd5, file, signal, onBytes });
  return { kind: 'archive', place: file };
};

export const cifar10: DatasetDefinition = {
  name,
  description: '32x32 colour photographs, 10 classes, 50 000 + 10 000; downloaded (170 MB) when not found.',
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      resolution: resolutionOption,
      form: {
        enum: ['binary', 'images'],
        description: 'The official binary version, or a folder of images; when absent, the first of them that is on this machine.',
      },
      address: { type: 'string', minLength: 1, default: publishedAddress, description: `Where ${archiveName} is downloaded from.` },
    },
  },
  async find(searchPath) {
    const found = await findCifar10(searchPath);
    return found && (found.kind === 'images' ? imagesSource(found.place) : found.place);
  },
  async load(options, context) {
    const { form, resolution, address = publishedAddress } = options as Options;
    const local = await findCifar10(context.searchPath, form);
    if (!local && form === 'images') throw new DiagnosticError([messages.cifar10NoImages(context.searchPath)]);
    const found = local ?? (await orNotFound(name, [archiveName], context, () => downloadArchive(address, context)));
    return withResolution({ ...(await readFound(found, context)), defaultAugmentation: { flip: true, crop: 4 } }, resolution);
  },
};
