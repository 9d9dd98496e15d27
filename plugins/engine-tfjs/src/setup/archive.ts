// The library that the package's own installer downloads. The installer does not check it, so it is downloaded here, compared
// with its published SHA-256, and put where the installer would have put it.
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { download, fileSha256 } from './download.ts';
import type { Host } from './host.ts';
import { fail, messages } from './messages.ts';
import type { Phases } from './phases.ts';
import { runCommand } from './run-command.ts';

export interface Archive {
  readonly url: string;
  readonly sha256: string;
  /** Disk for the archive and for what is in it. */
  readonly bytes: number;
}

/**
 * Names as in the package's scripts/install.js; hashes as in nixpkgs (pkgs with tfjs-node) and in the Bazel rules of
 * wamuir/graft, which agree where both have one.
 */
const archives: Readonly<Record<string, { readonly path: string; readonly sha256: string; readonly bytes: number }>> = {
  'linux-x64-gpu': {
    path: 'tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz',
    sha256: '20c46f761d5905f592c4eac0812e8e50d9cb439f9440a9391912cf4c02ed8be8',
    bytes: 2000 * 2 ** 20,
  },
  'linux-x64-cpu': {
    path: 'tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    sha256: '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
    bytes: 600 * 2 ** 20,
  },
  'linux-arm64-cpu': {
    path: 'tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz',
    sha256: '9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3',
    bytes: 600 * 2 ** 20,
  },
  'darwin-x64-cpu': {
    path: 'tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz',
    sha256: '56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226',
    bytes: 600 * 2 ** 20,
  },
  'darwin-arm64-cpu': {
    path: 'tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
    sha256: '13ab22b97e2af06e431aaeb7b42fb89981965dd01aa16da035d8210aa4183d79',
    bytes: 600 * 2 ** 20,
  },
};

/** The archive for this machine, or undefined. `$TFJS_NODE_CDN_STORAGE` names a mirror, as for the installer. */
export const archiveFor = ({ env, platform, arch }: Host, gpu: boolean): Archive | undefined => {
  const archive = (gpu ? archives[`${platform}-${arch}-gpu`] : undefined) ?? archives[`${platform}-${arch}-cpu`];
  const base = env['TFJS_NODE_CDN_STORAGE'] ?? 'https://storage.googleapis.com/';
  return archive && { ...archive, url: `${base.replace(/\/?$/, '/')}${archive.path}` };
};

/** Fills `deps`. Throws TFJS_DOWNLOAD_BROKEN, TFJS_CHECKSUM. */
export const installArchive = async (
  host: Host,
  archive: Archive,
  place: { readonly downloads: string; readonly deps: string; readonly logFile: string },
  phases: Phases,
  signal: AbortSignal,
): Promise<void> => {
  const file = join(place.downloads, basename(archive.url));
  const name = basename(file);
  const report = (done: number, total: number) => phases.at('download', total > 0 ? done / total : 0, `download ${name}`);
  try {
    await download(archive.url, file, report, signal);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause; // fetch throws nothing else when a connection breaks
    fail(messages.downloadBroken(archive.url, String(cause.cause ?? cause.message)), cause);
  }
  phases.at('extract', 0, 'check the download');
  const actual = await fileSha256(file);
  if (actual !== archive.sha256) {
    await rm(file);
    fail(messages.wrongChecksum(archive.url, archive.sha256, actual));
  }
  const unpack = runCommand(host, 'tar', ['-xzf', file, '-C', place.deps], { signal, logFile: place.logFile });
  const { code, log } = await phases.timed('extract', `unpack ${name}`, (elapsedMs) => elapsedMs / 30_000, unpack);
  if (code !== 0) fail(messages.unpackFailed(name, log, place.logFile));
};
