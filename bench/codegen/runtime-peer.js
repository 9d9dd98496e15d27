// The peer: ONNX Runtime in a Node process of its own, one session, so many threads inside an operator.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineProcess, compile, hostVectorWidths } from '../../packages/c-emit/dist/index.js';
import { loadOnnxRuntime } from '../../packages/onnx/dist/index.js';
import { cacheFolder } from './own-program.js';

const script = fileURLToPath(new URL('runtime-process.js', import.meta.url));

export const runtimeVersion = async () => (await loadOnnxRuntime()).env.versions.node;

/** What is loaded in front of the runtime so that it takes its kernels for AVX2; undefined where it need not or cannot be. */
const holdingLibrary = async (width) => {
  if (width !== 'avx2' || !hostVectorWidths().includes('avx512') || process.platform !== 'linux') return undefined;
  const source = readFileSync(new URL('hold-to-avx2.c', import.meta.url), 'utf8');
  return compile({
    kind: 'shared',
    sources: new Map([['hold-to-avx2.c', source]]),
    flags: ['-O2', '-Wl,-z,nodelete'],
    cacheFolder,
  });
};

/** `width`: what the runtime may use, if it can be held to it; `vectors` says what it has then. */
export const startRuntime = async ({ onnx, elements }, { width, threads = 1 }) => {
  const folder = await mkdtemp(join(tmpdir(), 'nasc-bench-onnx-'));
  const model = join(folder, 'model.onnx');
  await writeFile(model, onnx);
  const library = await holdingLibrary(width);
  const server = new LineProcess(process.execPath, ['--expose-gc', script, model, String(threads), ...(library ? [library] : [])]);
  const ask = async (request) => JSON.parse(await server.ask(JSON.stringify(request)));
  const { held } = await ask({ do: 'prepare', elements });
  return {
    vectors: held ? 'avx2' : hostVectorWidths()[0],
    milliseconds: async (runs) => (await ask({ do: 'time', runs })).ms,
    memory: () => ask({ do: 'memory' }),
    async logits(images) {
      const file = join(folder, 'images');
      await writeFile(file, images);
      const { logits } = await ask({ do: 'logits', images: file, elements });
      return logits;
    },
    async dispose() {
      server.dispose();
      await rm(folder, { recursive: true });
    },
  };
};
