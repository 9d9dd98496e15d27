// Which process is meant by a number that was written down earlier: numbers are used again, across restarts too.
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** Enough to tell later whether it still runs. What the system does not offer is left out. */
export interface ProcessIdentity {
  readonly processId: number;
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly bootId?: string;
  /** Linux: process ids count within it. Containers have their own. */
  readonly processNamespace?: string;
  /** When the process began, in the system's own notation. */
  readonly startTime?: string;
}

const textOf = (read: Promise<string>): Promise<string | undefined> =>
  read.then(
    (text) => text.trim() || undefined,
    () => undefined, // not offered here
  );

const output = async (command: string, ...parameters: readonly string[]): Promise<string> =>
  (await promisify(execFile)(command, parameters, { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } })).stdout;

const onLinux = process.platform === 'linux';

/** `ended` for a process that its parent did not wait for yet; undefined for one that is not there or may not be seen. */
const startTimeOf = async (processId: number): Promise<string | undefined> => {
  if (!onLinux) return textOf(output('ps', '-o', 'lstart=', '-p', String(processId)));
  const stat = await textOf(readFile(`/proc/${processId}/stat`, 'utf8'));
  // proc(5): "pid (name) state ...", the name may hold anything; field 22 is the start in clock ticks since boot.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && ['Z', 'X'].includes(fields[0]!) ? 'ended' : fields?.[19];
};

const bootId = (): Promise<string | undefined> =>
  textOf(onLinux ? readFile('/proc/sys/kernel/random/boot_id', 'utf8') : output('sysctl', '-n', 'kern.bootsessionuuid'));

/** Whether this machine has such a process; one of another user counts. */
export const processExists = (processId: number): boolean => {
  try {
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

const present = <T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

const identify = async (): Promise<ProcessIdentity> =>
  present<ProcessIdentity>({
    processId: process.pid,
    host: hostname(),
    bootId: await bootId(),
    processNamespace: onLinux ? await textOf(readlink('/proc/self/ns/pid')) : undefined,
    startTime: await startTimeOf(process.pid),
  });

let own: Promise<ProcessIdentity> | undefined;

export const ownIdentity = (): Promise<ProcessIdentity> => (own ??= identify());

/** Whether a process still runs; `unknown` for one of another machine or container, which cannot be seen from here. */
export const stateOfProcess = async (identity: ProcessIdentity): Promise<'runs' | 'gone' | 'unknown'> => {
  const mine = await ownIdentity();
  if (identity.host !== mine.host) return 'unknown';
  if (identity.bootId !== mine.bootId) return 'gone';
  if (identity.processNamespace !== mine.processNamespace) return 'unknown';
  const startTime = await startTimeOf(identity.processId);
  if (startTime === undefined) return processExists(identity.processId) ? 'runs' : 'gone';
  return startTime === identity.startTime ? 'runs' : 'gone';
};
