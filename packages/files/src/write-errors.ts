// What the operating system says when it cannot write, as a diagnostic.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/** What was being written, where, and how much of it, where that is known. */
export interface Writing {
  readonly what: string;
  readonly path: string;
  readonly bytes?: number | undefined;
}

const spaceReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed',
};

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EIO: 'the device reports an error',
  EEXIST: 'a file of that name is in the way',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'a folder of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EMLINK: 'too many links',
  ENOTSUP: 'the file system cannot do that',
  ESTALE: 'the network folder is gone',
};

const codeOf = (cause: unknown): string => String((cause as NodeJS.ErrnoException | undefined)?.code);

export const isOutOfSpace = (cause: unknown): boolean => codeOf(cause) in spaceReasons;

/** A DiagnosticError where the system refused to write; undefined where `cause` is something else. */
export const writeFailure = (cause: unknown, { what, path, bytes }: Writing): DiagnosticError | undefined => {
  const code = codeOf(cause);
  const full = spaceReasons[code];
  if (full) return new DiagnosticError([messages.diskFull(what, path, bytes, full)], { cause });
  const refused = refusals[code];
  if (refused) return new DiagnosticError([messages.writeFailed(what, path, bytes, refused)], { cause });
  return undefined;
};

/** Runs `work`; where the system refuses to write in it, throws DISK_FULL or WRITE_FAILED instead of its error. */
export const explainingWriteErrors = async <T>(writing: Writing, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw writeFailure(cause, writing) ?? cause;
  }
};
