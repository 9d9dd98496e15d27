// A tar archive to read from at any place. One that is compressed has no places: it is unpacked once, and kept.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DiagnosticError } from '@nasc/diagnostics';
import { writeFileAtomically } from '@nasc/files';
import { messages as fileMessages } from '../messages.ts';
import { tarEntries } from './read-tar.ts';
import type { TarEntry } from './read-tar.ts';

export interface OpenArchiveOptions {
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

export interface OpenedArchive {
  /** The archive, or its unpacked copy. */
  readonly plainPath: string;
  /** Of the archive as it was given, ms. */
  readonly modified: number;
  readonly entries: AsyncIterable<TarEntry>;
}

const unpack = (archive: string, to: string, signal?: AbortSignal): Promise<void> => {
  const write = (chunks: AsyncIterable<Uint8Array>) => writeFileAtomically(to, chunks, 'the unpacked archive');
  return pipeline(createReadStream(archive), createGunzip(), write, signal ? { signal } : {}).catch((error: NodeJS.ErrnoException) => {
    if (!error.code?.startsWith('Z_')) throw error;
    throw new DiagnosticError([fileMessages.gzip(archive, error.message)], { cause: error });
  });
};

const windowBytes = 1 << 18;

/** Small files lie close together: then much is read at a time. Between large ones only the headers are. */
async function* entriesOf(path: string, shownPath: string): AsyncGenerator<TarEntry, void, undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    let windowStart = 0;
    let window: Uint8Array = new Uint8Array(0);
    const read = async (start: number, length: number): Promise<Uint8Array> => {
      const windowEnd = windowStart + window.length;
      if (start < windowStart || start + length > windowEnd) {
        const near = start - windowEnd < windowBytes / 4;
        const buffer = new Uint8Array(Math.max(length, near ? windowBytes : 0));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
        windowStart = start;
        window = buffer.subarray(0, bytesRead);
      }
      return window.subarray(start - windowStart, start - windowStart + length);
    };
    yield* tarEntries(read, size, shownPath);
  } finally {
    await handle.close();
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Errors: `DATA_FILE_UNREADABLE`, `DATA_GZIP_DAMAGED`, `DATA_TAR_DAMAGED` (while listing), DISK_FULL, WRITE_FAILED. */
export const openArchive = async (path: string, { cacheFolder, signal }: OpenArchiveOptions): Promise<OpenedArchive> => {
  const unreadable = (error: NodeJS.ErrnoException): never => {
    throw new DiagnosticError([fileMessages.unreadable(path, error.code ?? error.message)], { cause: error });
  };
  const { size, mtimeMs } = await stat(path).catch(unreadable);
  const handle = await open(path, 'r').catch(unreadable);
  const magic = new Uint8Array(2);
  await handle.read(magic, 0, 2, 0).finally(() => handle.close());
  let plainPath = path;
  if (magic[0] === 0x1f && magic[1] === 0x8b) {
    const key = createHash('sha256')
      .update(JSON.stringify([path, size, mtimeMs]))
      .digest('hex');
    plainPath = join(cacheFolder, `${key.slice(0, 32)}.tar`);
    if (!(await exists(plainPath))) await unpack(path, plainPath, signal);
  }
  return { plainPath, modified: mtimeMs, entries: entriesOf(plainPath, path) };
};
