// The peer's own process: ONNX Runtime with one model. Reads requests, one line of JSON each, and answers likewise.
//
//   node --expose-gc bench/codegen/runtime-process.js MODEL THREADS [LIBRARY]
//
// LIBRARY is loaded before the runtime: `hold-to-avx2.c`, compiled.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../engine/statistics.js';

const [model, threads, library] = process.argv.slice(2);

/** Node refuses a library that is no module of its own, after it has been loaded. */
const load = (path) => {
  try {
    process.dlopen({ exports: {} }, path);
  } catch (error) {
    if (!/self-register/.test(error.message)) throw error;
  }
};
if (library) load(library);
const { createOnnxSession, loadOnnxRuntime } = await import('../../packages/onnx/dist/index.js');
await loadOnnxRuntime();

const statusFile = '/proc/self/status';
/** What the process holds, held at most, and has of files (libraries), in bytes; undefined where the system does not tell. */
const memory = () => {
  if (!existsSync(statusFile)) return undefined;
  const status = readFileSync(statusFile, 'utf8');
  const bytes = (field) => 1024 * Number(status.match(new RegExp(`${field}:\\s+(\\d+)`))[1]);
  return { resident: bytes('VmRSS'), most: bytes('VmHWM'), ofFiles: bytes('RssFile') };
};

const settle = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(100);
  }
};

const bytes = readFileSync(model);
await settle();
if (existsSync(statusFile)) writeFileSync('/proc/self/clear_refs', '5'); // VmHWM begins anew
const before = memory();
const session = await createOnnxSession(bytes, { threads: Number(threads) });

/** One run of what was prepared. */
let run;

const answers = {
  /** `median` milliseconds of single runs. */
  async time({ runs }) {
    const times = [];
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
    }
    return { ms: median(times) };
  },
  /** Images come as a file of floats; the model takes one at a time. */
  async logits({ images, elements }) {
    const file = readFileSync(images);
    const values = new Float32Array(file.buffer, file.byteOffset, file.byteLength / 4);
    const logits = [];
    for (let start = 0; start < values.length; start += elements) {
      logits.push(...(await session.run(values.subarray(start, start + elements), 1)));
    }
    return { logits };
  },
  /**
   * What the process holds beyond what it held before the model was loaded: the model's weights included, pages of the runtime's own
   * file, which come in when they are first used, left out.
   */
  async memory() {
    for (let i = 0; i < 5; i++) await run();
    await settle();
    if (!before) return {};
    const now = memory();
    const outside = before.resident + now.ofFiles - before.ofFiles;
    return { peakBytes: now.most - outside, residentBytes: now.resident - outside };
  },
  /** The image that is timed: that of the emitted benchmark. */
  prepare({ elements }) {
    run = session.prepare([Float32Array.from({ length: elements }, (_, i) => ((i * 37) % 101) / 50 - 1)], 1);
    return { held: process.env.NASC_HELD_TO_AVX2 === '1' };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[request.do](request))}\n`);
}
await session.dispose();
