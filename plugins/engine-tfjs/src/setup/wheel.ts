// TensorFlow from the official Python wheel: its C library serves the binding as well as the one made for C. pip downloads it
// and compares it with the SHA-256 that the index publishes; what is extracted is compared with the wheel's own RECORD.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.ts';
import { fail, messages } from './messages.ts';
import type { Phases } from './phases.ts';
import { runCommand } from './run-command.ts';

export interface Wheel {
  /** Name on the Python package index. */
  readonly name: 'tensorflow' | 'tensorflow-cpu';
  /** Roughly what the download has. */
  readonly downloadBytes: number;
  /** Disk for the wheel and for what is taken from it. */
  readonly bytes: number;
}

/** The CUDA build where a GPU is seen. */
export const wheelFor = (gpu: boolean): Wheel =>
  gpu
    ? { name: 'tensorflow', downloadBytes: 620 * 2 ** 20, bytes: 3000 * 2 ** 20 }
    : { name: 'tensorflow-cpu', downloadBytes: 265 * 2 ** 20, bytes: 1150 * 2 ** 20 };

/** Names under which the binding looks for the two libraries. */
const links: readonly (readonly [string, string])[] = [
  ['libtensorflow.so', 'libtensorflow_cc.so.2'],
  ['libtensorflow.so.2', 'libtensorflow_cc.so.2'],
  ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
];

const extractScript = fileURLToPath(new URL('../../python/extract_wheel.py', import.meta.url));

/** Bytes of everything in a folder that other programs are working in. */
const folderBytes = async (folder: string): Promise<number> => {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if (existsSync(path))
      bytes += await stat(path).then(
        ({ size }) => size,
        () => 0,
      ); // it may be gone by now
  }
  return bytes;
};

const findWheel = async (folder: string, name: string): Promise<string | undefined> => {
  const file = (await readdir(folder)).find((entry) => entry.startsWith(`${name.replaceAll('-', '_')}-`) && entry.endsWith('.whl'));
  return file && join(folder, file);
};

export interface WheelPlace {
  readonly downloads: string;
  readonly deps: string;
  /** Sources of the binding: they say which headers are needed. */
  readonly sources: string;
  readonly logFile: string;
}

/** Why the archive was not taken, for the message when the wheel cannot be had either. */
export interface Unreachable {
  readonly host: string;
  readonly reason: string;
}

/** Path of the wheel: one that an earlier set-up fetched, or a new one. */
const fetchWheel = async (
  host: Host,
  { name, downloadBytes }: Wheel,
  { downloads, logFile }: WheelPlace,
  unreachable: Unreachable,
  phases: Phases,
  signal: AbortSignal,
): Promise<string> => {
  const present = await findWheel(downloads, name);
  if (present !== undefined) return present;
  const work = join(downloads, 'pip');
  await rm(work, { recursive: true, force: true });
  await mkdir(work);
  const pip = runCommand(
    host,
    'python3',
    [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--no-input',
      '--retries',
      '1',
      '--timeout',
      '15',
      '--dest',
      work,
      `${name}>=2.12,<3`,
    ],
    { env: { TMPDIR: work, PIP_DISABLE_PIP_VERSION_CHECK: '1' }, signal, logFile },
  );
  const { code, log } = await phases.timed('download', `download ${name}`, async () => (await folderBytes(work)) / downloadBytes, pip);
  const wheel = await findWheel(work, name);
  if (code === 0 && wheel !== undefined) {
    const kept = join(downloads, wheel.slice(work.length + 1));
    await rename(wheel, kept);
    return kept;
  }
  if (/No space left on device/.test(log)) fail(messages.diskFull(downloads, downloadBytes, 0));
  const disconnected = /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|ConnectionResetError|Network is unreachable/;
  if (disconnected.test(log)) fail(messages.noDownload(unreachable.host, unreachable.reason, log));
  if (/No matching distribution found/.test(log)) {
    const { stdout } = await runCommand(host, 'python3', ['--version']);
    fail(messages.noWheel(name, stdout.trim(), host.platform, host.arch));
  }
  return fail(messages.pipFailed(name, log, logFile));
};

type Told =
  | { readonly done: number; readonly total: number }
  | { readonly version: string }
  | { readonly error: 'no-library'; readonly file: string; readonly version: string }
  | { readonly error: 'checksum'; readonly file: string; readonly expected: string; readonly actual: string }
  | { readonly error: 'damaged'; readonly detail: string }
  | { readonly error: 'disk-full' };

/**
 * Fills `deps`. Throws TFJS_NO_DOWNLOAD, TFJS_NO_WHEEL, TFJS_PIP_FAILED, TFJS_WHEEL_UNFIT, TFJS_WHEEL_DAMAGED, TFJS_DISK_FULL.
 */
export const installWheel = async (
  host: Host,
  wheel: Wheel,
  place: WheelPlace,
  unreachable: Unreachable,
  phases: Phases,
  signal: AbortSignal,
): Promise<void> => {
  const file = await fetchWheel(host, wheel, place, unreachable, phases, signal);
  let last: Told | undefined;
  const { code, log } = await runCommand(host, 'python3', [extractScript, file, place.sources, place.deps], {
    signal,
    onLine(line) {
      last = JSON.parse(line) as Told;
      if ('done' in last) phases.at('extract', last.done / last.total, 'extract TensorFlow');
    },
  });
  if (last && 'error' in last) {
    switch (last.error) {
      case 'no-library':
        return fail(messages.wheelWithoutLibrary(last.version, last.file));
      case 'disk-full':
        return fail(messages.diskFull(place.deps, wheel.bytes, 0));
      case 'damaged':
        await rm(file);
        return fail(messages.wheelDamaged(file, last.detail));
      case 'checksum':
        await rm(file);
        return fail(messages.wheelDamaged(file, `${last.file} has SHA-256 ${last.actual}, its RECORD says ${last.expected}`));
    }
  }
  if (code !== 0) throw new Error(`extract_wheel.py ended with code ${code}:\n${log}`);
  for (const [name, target] of links) await symlink(target, join(place.deps, 'lib', name));
};
