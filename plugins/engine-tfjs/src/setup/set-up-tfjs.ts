// `nasc setup tfjs`: @tensorflow/tfjs-node-gpu is installed without TensorFlow's C library and without its binding, since
// install scripts do not run. Both are put in place here: the library from where the package's own installer has it, or, where
// that cannot be reached, from the official Python wheel.
import { readFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetupContext } from '@nasc/core';
import { archiveFor, installArchive } from './archive.ts';
import type { Archive } from './archive.ts';
import { buildFromSource, fetchBinding } from './build-binding.ts';
import { findBuildTools } from './build-tools.ts';
import { isReachable } from './download.ts';
import { nodeMajor, thisHost } from './host.ts';
import type { Host } from './host.ts';
import { fail, messages } from './messages.ts';
import { findNvidiaGpu } from './nvidia-gpu.ts';
import { createPhases } from './phases.ts';
import type { Phases } from './phases.ts';
import { checkSpace, createStaging, moveIn } from './staging.ts';
import { verifyPackage } from './verify-package.ts';
import type { WorkingPackage } from './verify-package.ts';
import { installWheel, wheelFor } from './wheel.ts';
import type { Unreachable } from './wheel.ts';

/** Beside the library: how it came there. */
const originName = 'nasc-origin.json';

interface Origin {
  /** Made for GPUs too. */
  readonly gpu: boolean;
}

const readOrigin = async (packageFolder: string): Promise<Origin | undefined> => {
  try {
    return JSON.parse(await readFile(join(packageFolder, 'deps', originName), 'utf8')) as Origin;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // the package's own installer was here
    throw cause;
  }
};

const describe = ({ tensorflow, usesGpu }: WorkingPackage, gpu: string | undefined): string => {
  if (usesGpu) return `TensorFlow ${tensorflow} on ${gpu ?? 'the GPU'}`;
  const unused = gpu && `; it does not use ${gpu}: CUDA or cuDNN of the versions that it needs is not on the library path`;
  return `TensorFlow ${tensorflow} on the processor${unused ?? ''}`;
};

interface Work {
  readonly packageFolder: string;
  readonly staging: string;
  readonly downloads: string;
  readonly logFile: string;
  readonly gpu: boolean;
  readonly phases: Phases;
  readonly signal: AbortSignal;
}

const verifyStaged = (host: Host, { staging, phases, signal }: Work): Promise<WorkingPackage | string> => {
  phases.at('check', 0, 'load and compute');
  return verifyPackage(host, staging, signal);
};

const fromArchive = async (host: Host, archive: Archive, work: Work): Promise<WorkingPackage> => {
  const { staging, phases, signal } = work;
  await checkSpace(staging, archive.bytes);
  await installArchive(host, archive, { ...work, deps: join(staging, 'deps') }, phases, signal);
  if (await fetchBinding(host, work, phases, signal)) {
    const fetched = await verifyStaged(host, work);
    if (typeof fetched !== 'string') return fetched;
  }
  // There is no ready-made binding for this machine.
  const tools = await findBuildTools(host, { pip: false }, signal);
  await rm(join(staging, 'lib'), { recursive: true, force: true });
  await buildFromSource(host, tools, work, phases, signal);
  const built = await verifyStaged(host, work);
  return typeof built === 'string' ? fail(messages.notLoadable(built)) : built;
};

const fromWheel = async (host: Host, unreachable: Unreachable, work: Work): Promise<WorkingPackage> => {
  const { staging, phases, signal, gpu } = work;
  const tools = await findBuildTools(host, { pip: true }, signal);
  const wheel = wheelFor(gpu);
  await checkSpace(staging, wheel.bytes);
  const place = { ...work, deps: join(staging, 'deps'), sources: join(staging, 'binding') };
  await installWheel(host, wheel, place, unreachable, phases, signal);
  await buildFromSource(host, tools, work, phases, signal);
  const built = await verifyStaged(host, work);
  return typeof built === 'string' ? fail(messages.notLoadable(built)) : built;
};

const install = async (host: Host, work: Work): Promise<WorkingPackage> => {
  const archive = archiveFor(host, work.gpu);
  if (!archive) return fail(messages.platform(host.platform, host.arch));
  const reached = await isReachable(archive.url, work.signal);
  if (reached === true) return fromArchive(host, archive, work);
  const unreachable = { host: new URL(archive.url).host, reason: reached };
  // Wheels for other systems hold the library under other names.
  if (host.platform !== 'linux') return fail(messages.unreachable(unreachable.host, unreachable.reason));
  return fromWheel(host, unreachable, work);
};

/** `setUpTfjs` on a machine that is described by `host`. */
export const setUpOn = async (host: Host, { cacheFolder, signal, progress }: SetupContext): Promise<string> => {
  const { packageFolder } = host;
  if (nodeMajor(host) < 20 || nodeMajor(host) > 22) fail(messages.nodeVersion(host.nodeVersion));
  if (packageFolder === undefined) return fail(messages.packageMissing());
  const gpu = await findNvidiaGpu(host.env);
  const present = await verifyPackage(host, packageFolder, signal);
  const fits = gpu === undefined || ((await readOrigin(packageFolder))?.gpu ?? true);
  if (typeof present !== 'string' && fits) return `Engine "tfjs" is usable already: ${describe(present, gpu)}.`;

  const downloads = join(cacheFolder, 'tfjs-setup');
  await mkdir(downloads, { recursive: true });
  const logFile = join(downloads, 'setup.log');
  await writeFile(logFile, '');
  const staging = await createStaging(packageFolder);
  try {
    const work: Work = { packageFolder, staging, downloads, logFile, gpu: gpu !== undefined, phases: createPhases(progress), signal };
    const made = await install(host, work);
    const origin: Origin = { gpu: gpu !== undefined };
    await writeFile(join(staging, 'deps', originName), JSON.stringify(origin));
    await moveIn(staging, packageFolder);
    await rm(downloads, { recursive: true });
    return `Engine "tfjs" is ready: ${describe(made, gpu)}.`;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/**
 * Makes @tensorflow/tfjs-node-gpu loadable, and says what it found or did. What was downloaded is kept when it fails or is
 * stopped, so that the next call goes on from there. Throws diagnostics TFJS_*.
 */
export const setUpTfjs = (context: SetupContext): Promise<string> => setUpOn(thisHost(), context);
