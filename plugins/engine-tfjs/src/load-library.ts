// Loads @tensorflow/tfjs-node-gpu when it is first asked for, and finds out what it computes on.
import { createRequire } from 'node:module';
import type { EngineOptions } from '@nasc/core';
import type { Tfjs } from '@nasc/tfjs';
import { findNvidiaGpu } from './setup/nvidia-gpu.ts';

const packageName = '@tensorflow/tfjs-node-gpu';

/** A loaded library, or why there is none. */
export type Library =
  | { readonly tf: Tfjs; readonly detail: string; readonly identity: string; readonly gpu?: string }
  | { readonly missing: string };

export type LoadLibrary = (options: EngineOptions) => Promise<Library>;

/** What the package's types do not say of its backend. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string };
  /** Whether TensorFlow found a GPU among its devices; all its ops then run there. */
  readonly isUsingGpuDevice: boolean;
}

type NodeTfjs = Tfjs & { readonly version: { readonly tfjs: string } };

/**
 * TensorFlow reads these when it is loaded, once for the process. Without oneDNN it is as fast on such small images, its sums do
 * not depend on that library's version, and it does not announce oneDNN on standard error, which nothing else can stop.
 */
const setEnvironment = (threads: number): void => {
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
};

/** What can be different from one machine to another. */
export interface PackageSource {
  readonly nodeVersion: string;
  /** Throws where the package is not installed. */
  resolve(): void;
  /** Throws where it is not set up. */
  load(): unknown;
}

/** The package, or in one sentence why not and what to do. */
export const loadPackage = ({ nodeVersion, resolve, load }: PackageSource): NodeTfjs | { readonly missing: string } => {
  const major = Number(nodeVersion.split('.')[0]);
  if (major < 20 || major > 22) return { missing: `${packageName} runs on Node 20 to 22; this is Node ${nodeVersion}.` };
  try {
    resolve();
  } catch {
    return { missing: `${packageName} is not installed: \`nasc setup tfjs\` says how to install it.` };
  }
  try {
    return load() as NodeTfjs;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return { missing: `${packageName} cannot be loaded (${reason!.trim()}): run \`nasc setup tfjs\`.` };
  }
};

/** One try for the process: a binding that failed to load once will not load later. */
let loaded: NodeTfjs | { readonly missing: string } | undefined;

const loadHere = (threads: number): NodeTfjs | { readonly missing: string } => {
  const require = createRequire(import.meta.url);
  return loadPackage({
    nodeVersion: process.versions.node,
    resolve: () => require.resolve(packageName),
    load() {
      setEnvironment(threads);
      const tf = require(packageName) as NodeTfjs;
      tf.enableProdMode(); // no checks of every value, no advertisement
      return tf;
    },
  });
};

export const loadTensorFlow: LoadLibrary = async ({ threads }) => {
  const tf = (loaded ??= loadHere(threads));
  if ('missing' in tf) return tf;
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NodeBackend;
  const version = `TensorFlow ${binding.TF_Version}`;
  const versions = `${tf.version.tfjs}:${binding.TF_Version}`;
  if (!isUsingGpuDevice) {
    return {
      tf,
      detail: `${version} on the processor, ${process.env['TF_NUM_INTRAOP_THREADS']} threads`,
      identity: `tfjs:${versions}:cpu`,
    };
  }
  const gpu = (await findNvidiaGpu(process.env)) ?? 'a GPU';
  return { tf, detail: `${version} on ${gpu}`, identity: `tfjs:${versions}:gpu:${gpu}`, gpu };
};
