// A program that is timed stays on one core where the system lets it: a move to another one empties its caches.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** The last of the cores that this process may use (the first ones serve the system's interrupts); undefined where it is not known. */
const lastCore = (): string | undefined => {
  try {
    return /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

/** Command and arguments that run `program` on one core, or as it is on systems without `taskset`. */
export const pinned = (program: string, options: readonly string[]): readonly [command: string, options: readonly string[]] => {
  const core = lastCore();
  return core !== undefined && onPath('taskset') ? ['taskset', ['-c', core, program, ...options]] : [program, options];
};
