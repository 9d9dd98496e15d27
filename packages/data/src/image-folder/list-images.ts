// All image files of a folder or tar archive as one list of relative paths, the split's name first where there is one.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages as fileMessages } from '../messages.ts';
import { readBytes } from '../read-bytes.ts';
import { readTar } from './read-tar.ts';

export interface ImageFile {
  /** Relative, with slashes on every system. */
  readonly path: string;
  /** Where it is, for diagnostics. */
  readonly at: string;
  bytes(): Promise<Uint8Array>;
}

/** Held-out images have several usual names; the first that is there counts. */
export const testNames = ['test', 'val', 'valid', 'validation'] as const;

const archiveEndings = ['.tar', '.tar.gz', '.tgz'];

const isImage = (path: string): boolean =>
  /\.(?:jpe?g|png|webp)$/i.test(path) && !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

const kindOf = async (path: string): Promise<'folder' | 'file' | undefined> => {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new DiagnosticError([fileMessages.unreadable(path, error.code ?? error.message)], { cause: error });
  });
  return found && (found.isDirectory() ? 'folder' : 'file');
};

const listFolder = async (folder: string, prefix: string): Promise<readonly ImageFile[]> => {
  // Links are followed, as sets are often assembled from them; `recursive` does not go through linked folders.
  const files: ImageFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = join(folder, entry.name);
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    const kind = entry.isSymbolicLink() ? await kindOf(at) : entry.isDirectory() ? 'folder' : 'file';
    if (kind === 'folder') files.push(...(await listFolder(at, path)));
    else if (kind === 'file') files.push({ path, at, bytes: () => readBytes(at) });
  }
  return files;
};

const listArchive = async (archive: string, prefix: string): Promise<readonly ImageFile[]> =>
  readTar(await readBytes(archive), archive).map(({ path, bytes }) => {
    const relative = path.replace(/^(?:\.\/)+/, '');
    return { path: prefix === '' ? relative : `${prefix}/${relative}`, at: `${archive}#${relative}`, bytes: async () => bytes };
  });

/** `FOLDER/NAME` or `FOLDER/NAME.tar[.gz]`, whichever is there. */
const listPart = async (folder: string, name: string): Promise<readonly ImageFile[] | undefined> => {
  if ((await kindOf(join(folder, name))) === 'folder') return listFolder(join(folder, name), name);
  for (const ending of archiveEndings) {
    const archive = join(folder, name + ending);
    if ((await kindOf(archive)) === 'file') return listArchive(archive, name);
  }
  return undefined;
};

/** Leading folders that all files share, as in an archive of one folder, say nothing; names of splits do. */
const withoutSharedFolder = (files: readonly ImageFile[]): readonly ImageFile[] => {
  const first = files[0]?.path.split('/') ?? [];
  const [shared = ''] = first;
  const names: readonly string[] = ['train', ...testNames];
  if (first.length < 3 || names.includes(shared) || !files.every(({ path }) => path.startsWith(`${shared}/`))) return files;
  return withoutSharedFolder(files.map((file) => ({ ...file, path: file.path.slice(shared.length + 1) })));
};

/**
 * Images below `root`, sorted by path (code units of the NFC form, so the same on every system): a folder, a tar archive
 * (plain or gzip), or a folder with train and test as folders or archives. Undefined if there is no such folder or file.
 */
export const listImages = async (root: string): Promise<readonly ImageFile[] | undefined> => {
  const kind = await kindOf(root);
  if (kind === undefined) return undefined;
  const list = async (): Promise<readonly ImageFile[]> => {
    if (kind === 'file') return listArchive(root, '');
    const train = await listPart(root, 'train');
    if (!train) return listFolder(root, '');
    for (const name of testNames) {
      const test = await listPart(root, name);
      if (test) return [...train, ...test];
    }
    return train;
  };
  const images = (await list()).map((file) => ({ ...file, path: file.path.normalize('NFC') })).filter(({ path }) => isImage(path));
  return withoutSharedFolder(images.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
};
