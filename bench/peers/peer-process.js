// The peer: a process of PyTorch that answers requests, one line of JSON each.
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export const howToGetPeer =
  'not measured: $PYTHON does not name an interpreter with PyTorch 2 (python3 -m venv FOLDER; FOLDER/bin/pip install torch numpy; PYTHON=FOLDER/bin/python3)';

/** glibc gives large tensors back to the system and gets them anew, unless it is told to keep them. */
const tunedMalloc = { MALLOC_MMAP_THRESHOLD_: '4000000000', MALLOC_TRIM_THRESHOLD_: '8000000000', MALLOC_TOP_PAD_: '500000000' };

/** What keeps PyTorch (its own kernels, oneDNN, MKL) to the width that ours is built for. */
const widthVariables = {
  avx2: { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', MKL_ENABLE_INSTRUCTIONS: 'AVX2' },
};

const environment = (width, malloc) => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('MALLOC_'));
  return { ...Object.fromEntries(kept), ...widthVariables[width], ...(malloc === 'tuned' && tunedMalloc) };
};

const lookAtPeer = `
import torch
torch.nn.functional.conv2d(torch.randn(8, 64, 32, 32), torch.randn(64, 64, 3, 3))
print("torch", torch.__version__)
print("aten", torch.backends.cpu.get_cpu_capability())`;

/** Version and instruction sets of the peer, as it tells them itself; undefined where there is none. */
export const lookUpPeer = async (width) => {
  if (!process.env.PYTHON) return undefined;
  const env = { ...environment(width, 'default'), ONEDNN_VERBOSE: '1' };
  try {
    const { stdout } = await promisify(execFile)(process.env.PYTHON, ['-c', lookAtPeer], { env });
    const find = (pattern) => stdout.match(pattern)?.[1];
    return { torch: find(/^torch (.*)/m), aten: find(/^aten (.*)/m), oneDnn: find(/cpu,isa:([^,\n]*)/) };
  } catch {
    return undefined; // no interpreter, or one without PyTorch: the rows say how to get it
  }
};

/** Whether the peer does what `--width` asks of it. */
export const keepsWidth = (width, { aten, oneDnn }) => width !== 'avx2' || (aten === 'AVX2' && oneDnn.endsWith('AVX2'));

export class PeerProcess {
  #script;
  #child;
  #lines;

  /** `script`: of this folder. `options`: its command line. */
  constructor(script, options, { width, malloc }) {
    this.#script = fileURLToPath(new URL(script, import.meta.url));
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn(process.env.PYTHON, [this.#script, ...words], { env: environment(width, malloc), stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => {}); // the missing answer tells
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What it says next. */
  async answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`The peer ended: ${process.env.PYTHON} ${this.#script}`);
    return JSON.parse(value);
  }

  ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  dispose() {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    return ended;
  }
}
