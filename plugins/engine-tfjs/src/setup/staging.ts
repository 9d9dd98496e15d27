// Where the package is put together: inside its own folder, so that moving it in is a rename, and its modules are found.
import { access, constants, cp, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, messages } from './messages.ts';

const prefix = '.nasc-setup-';

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** A copy of what building and loading need. Removes what a killed set-up left. Throws TFJS_NOT_WRITABLE. */
export const createStaging = async (packageFolder: string): Promise<string> => {
  try {
    await access(packageFolder, constants.W_OK);
  } catch (cause) {
    fail(messages.notWritable(packageFolder), cause);
  }
  for (const name of await readdir(packageFolder)) {
    if (name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length)))) await rm(join(packageFolder, name), { recursive: true });
  }
  const staging = join(packageFolder, `${prefix}${process.pid}`);
  await mkdir(join(staging, 'deps'), { recursive: true });
  for (const name of ['package.json', 'binding.gyp', 'binding', 'dist']) {
    await cp(join(packageFolder, name), join(staging, name), { recursive: true });
  }
  return staging;
};

/** Moves library and binding to where the package looks for them. */
export const moveIn = async (staging: string, packageFolder: string): Promise<void> => {
  for (const name of ['deps', 'lib']) {
    await rm(join(packageFolder, name), { recursive: true, force: true });
    await rename(join(staging, name), join(packageFolder, name));
  }
};

/** Throws TFJS_DISK_FULL. */
export const checkSpace = async (folder: string, neededBytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes) fail(messages.diskFull(folder, neededBytes, bavail * bsize));
};
