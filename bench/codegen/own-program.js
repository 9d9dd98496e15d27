// Ours: what a user gets, compiled by the flags that it names, as a process that is asked for times.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LineProcess, compile, emitProgram, findCompiler, runProgram } from '../../packages/c-emit/dist/index.js';
import { validateOptions } from '../../packages/config/dist/index.js';
import { compilerFlags } from '../../plugins/target-cpu/dist/compiler-flags.js';
import { emitNetwork } from '../../plugins/target-cpu/dist/emit/emit-network.js';
import { readCpuOptions } from '../../plugins/target-cpu/dist/options.js';
import { registry } from './prepare-network.js';

const run = promisify(execFile);

export const cacheFolder = join(tmpdir(), 'nasc-bench-codegen');

/** Prefix of the emitted files. */
const prefix = 'network';

/** The same files from the ops' plain kernels alone. */
const plainProgram = (graph) => emitProgram(graph, { ops: registry.ops });

/** Whether the target has code for so many threads. */
export const hasThreads = (threads) => {
  try {
    validateOptions(registry.targets.require('cpu').optionsSchema, { threads }, '/target');
    return true;
  } catch {
    return false;
  }
};

/** Bytes of instructions and constants of the network and its kernels: not of weights, nor of the benchmark around it. */
const codeBytes = async (sources, flags) => {
  const folder = await mkdtemp(join(tmpdir(), 'nasc-bench-size-'));
  try {
    for (const [name, content] of sources) await writeFile(join(folder, name), content);
    const { command } = await findCompiler();
    const units = [...sources.keys()].filter((name) => name.endsWith('.c') && name !== 'main.c' && !name.endsWith('_weights.c'));
    await run(command, ['-std=gnu11', ...flags, '-c', ...units], { cwd: folder });
    const objects = units.map((name) => name.replace(/c$/, 'o'));
    const { stdout } = await run('size', objects, { cwd: folder });
    const lines = stdout.trim().split('\n').slice(1);
    return lines.reduce((sum, line) => sum + Number.parseInt(line, 10), 0); // its first column is "text"
  } finally {
    await rm(folder, { recursive: true });
  }
};

/**
 * Emits and compiles `network`. Weights of large networks are a file: compiling them takes long. `kernels`: "fused", or "plain" for
 * the ops' own.
 */
export const buildOwn = async ({ network, size }, { width, threads = 1, kernels = 'fused' }) => {
  const options = readCpuOptions({
    vectorWidth: width,
    name: prefix,
    weights: size === 'large' ? 'file' : 'source',
    ...(threads > 1 && { threads }),
  });
  const emitted = emitNetwork(network, registry, options, ...(kernels === 'plain' ? [plainProgram] : []));
  const sources = new Map([...emitted.files].filter(([name]) => /\.(c|h|bin)$/.test(name)));
  const flags = compilerFlags(width);
  const program = await compile({ kind: 'executable', sources, flags, cacheFolder });
  return { program, memory: emitted.memory, codeBytes: () => codeBytes(sources, flags) };
};

/** Logits of images. */
export const logitsOf = async ({ program }, images) => {
  const bytes = await runProgram(program, ['--run', '-'], new Uint8Array(images.buffer));
  return new Float32Array(bytes.slice().buffer);
};

/** A process that answers the median milliseconds of some runs; on the core that measured processes are pinned to, or on any. */
export const serveOwn = ({ program }, { pin = false } = {}) => {
  const server = new LineProcess(program, ['--serve'], { pin });
  return {
    milliseconds: async (runs) => Number(await server.ask(String(runs))) / 1e6,
    dispose: () => server.dispose(),
  };
};
