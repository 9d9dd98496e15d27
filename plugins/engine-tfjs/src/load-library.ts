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

const setUpHint = 'Run `nasc setup tfjs`';

/**
 * TensorFlow reads these when it is loaded, once for the process. Without oneDNN it is as fast on such small images, its sums do
 * not depend on that library's version, and it does not announce oneDNN on standard error, which nothing else can stop.
 */
const setEnvironment = (threads: number): void => {
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
};

/** One try for the process: a binding that failed to load once will not load later. */
let loaded: NodeTfjs | { readonly missing: string } | undefined;

const load = (threads: number): NodeTfjs | { readonly missing: string } => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20 || major > 22) return { missing: `${packageName} runs on Node 20 to 22; this is Node ${process.versions.node}.` };
  const require = createRequire(import.meta.url);
  try {
    require.resolve(packageName);
  } catch {
    return { missing: `${packageName} is not installed. ${setUpHint} for what to do.` };
  }
  setEnvironment(threads);
  try {
    const tf = require(packageName) as NodeTfjs;
    tf.enableProdMode(); // no checks of every value, no advertisement
    return tf;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return { missing: `${packageName} is installed but cannot be loaded (${reason!.trim()}). ${setUpHint}.` };
  }
};

export const loadTensorFlow: LoadLibrary = async ({ threads }) => {
  const tf = (loaded ??= load(threads));
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
