// Why a file could not be read, in words: the system's codes are for programs.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads to itself',
  EMFILE: 'too many files are open',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'it may not be read by this user',
};

/** To stand after "cannot be read:", without a full stop. Undefined where `error` does not come from the file system. */
export const readFailure = (error: unknown): string | undefined => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || (syscall === undefined && !(code in reasons))) return undefined;
  return reasons[code] ?? code;
};
