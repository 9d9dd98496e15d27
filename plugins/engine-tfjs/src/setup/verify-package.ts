// Loads the package in a process of its own and computes with it: what crashes there does not end this one.
import type { Host } from './host.ts';
import { runCommand } from './run-command.ts';

export interface WorkingPackage {
  readonly tensorflow: string;
  /** TensorFlow computes on a GPU. */
  readonly usesGpu: boolean;
}

const marker = 'nasc-verified ';

// [[1,2],[3,4]] [[5,6],[7,8]] and d(sum)/d(first): rows of sums of the second.
const script = `
const tf = require(process.argv[1]);
const a = tf.tensor2d([[1, 2], [3, 4]]);
const b = tf.tensor2d([[5, 6], [7, 8]]);
const product = Array.from(tf.matMul(a, b).dataSync());
const gradient = Array.from(tf.grad((x) => tf.sum(tf.matMul(x, b)))(a).dataSync());
const backend = tf.backend();
console.log(${JSON.stringify(marker)} + JSON.stringify({
  name: tf.getBackend(), product, gradient, tensorflow: backend.binding.TF_Version, usesGpu: backend.isUsingGpuDevice,
}));
`;

/** What works, or in one line why it does not. */
export const verifyPackage = async (host: Host, folder: string, signal?: AbortSignal): Promise<WorkingPackage | string> => {
  const { code, stdout, log } = await runCommand(host, host.execPath, ['-e', script, folder], {
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    ...(signal && { signal }),
  });
  const line = stdout.split('\n').find((text) => text.startsWith(marker));
  if (code !== 0 || line === undefined) {
    const lines = log.split('\n').map((text) => text.trim());
    return lines.find((text) => /\bError\b|cannot open|undefined symbol/.test(text)) ?? `it ended with code ${code ?? 'none'}.`;
  }
  const { name, product, gradient, tensorflow, usesGpu } = JSON.parse(line.slice(marker.length)) as {
    name: string;
    product: number[];
    gradient: number[];
    tensorflow: string;
    usesGpu: boolean;
  };
  if (name !== 'tensorflow') return `its backend is "${name}".`;
  if (String(product) !== '19,22,43,50') return `it multiplied two matrices to ${String(product)}.`;
  if (String(gradient) !== '11,15,11,15') return `it took ${String(gradient)} for a gradient.`;
  return { tensorflow, usesGpu };
};
