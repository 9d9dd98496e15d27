// Where CIFAR-10 lies on this machine, and in which of its forms.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { cifar10Files } from './cifar10-binary.ts';
import { messages } from './messages.ts';

/** The folder that the published archive holds, and the archive. */
const unpackedName = 'cifar-10-batches-bin';
export const archiveName = 'cifar-10-binary.tar.gz';
const folderNames = ['cifar10', 'cifar-10', 'cifar10-jpeg', 'cifar10-png', 'CIFAR-10-images'];

export type Cifar10Form = 'binary' | 'images';

export interface FoundCifar10 {
  readonly kind: 'batches' | 'archive' | 'images';
  /** Folder of the six files, archive, or folder of train and test. */
  readonly place: string;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const anyOf = async (folder: string, names: readonly string[]): Promise<boolean> => {
  for (const name of names) if (await isThere(join(folder, name))) return true;
  return false;
};

const findBinary = async (folder: string): Promise<FoundCifar10 | undefined> => {
  for (const place of [join(folder, unpackedName), folder]) {
    const missing: string[] = [];
    for (const name of cifar10Files) if (!(await isThere(join(place, name)))) missing.push(name);
    if (missing.length === 0) return { kind: 'batches', place };
    if (missing.length < cifar10Files.length) throw new DiagnosticError([messages.cifar10Missing(place, missing)]);
  }
  const archive = join(folder, archiveName);
  return (await isThere(archive)) ? { kind: 'archive', place: archive } : undefined;
};

const hasImages = async (folder: string): Promise<boolean> => {
  const endings = ['', '.tar', '.tar.gz', '.tgz'];
  const split = (name: string) =>
    anyOf(
      folder,
      endings.map((ending) => name + ending),
    );
  return (await split('train')) && (await split('test'));
};

/**
 * The binary version anywhere along the search path, else a folder of images; `form` asks for one of them. Looked at are
 * the folders of the path and those in them that are named after the data set. A folder with some of the six files is
 * `CIFAR10_FILES_MISSING`.
 */
export const findCifar10 = async (searchPath: readonly string[], form?: Cifar10Form): Promise<FoundCifar10 | undefined> => {
  const named = searchPath.flatMap((folder) => folderNames.map((name) => join(folder, name)));
  if (form !== 'images') {
    for (const folder of [...searchPath, ...named]) {
      const found = await findBinary(folder);
      if (found) return found;
    }
  }
  if (form !== 'binary') {
    for (const folder of [...searchPath.filter((path) => folderNames.includes(basename(path))), ...named]) {
      if (await hasImages(folder)) return { kind: 'images', place: folder };
    }
  }
  return undefined;
};
