// How fast the native engine trains, and in how much memory, beside PyTorch: the table of bars.
//
//   PYTHON=/folder/bin/python3 node bench/engine.js [--width avx2] [--only weight,memory,...] [--repeats 3] [--threads 2]
//
// measures every row (bench/engine/bars.js), prints the table and keeps it in bench/results/engine.json, by processor and vector width.
// $PYTHON names an interpreter with PyTorch 2 (pip install torch numpy); without it the rows that compare with PyTorch have no peer.
// Both sides take turns step by step on the same paths. About a quarter of an hour with three repeats; `--width avx2` builds for AVX2 and
// holds PyTorch to it.
//
//   node bench/engine.js --table                            the tables of all results on disk, as Markdown
//   node bench/engine.js --check                            that PyTorch's networks are ours: counts, logits, losses, gradients of gates
//   node bench/engine.js --profile [--space mobile-small]   where a weight step's time goes, by block and by kernel
//   node bench/engine.js --engine native,tfjs [--space mobile-small] [--plain]
//                                                           engines beside each other; --plain: without fused kernels
//
// Run `npm run build` before. Times mean something only on an idle machine, and only as ratios within one run.
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const list = (text) => text?.split(',');

const { values } = parseArgs({
  options: {
    width: { type: 'string' },
    only: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    output: { type: 'string', default: join(import.meta.dirname, 'results/engine.json') },
    table: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    engine: { type: 'string' },
    space: { type: 'string' },
    plain: { type: 'boolean', default: false },
  },
});
// Before anything is compiled: what a program is built for, here and in the processes that it starts.
if (values.width) process.env.NASC_VECTOR_WIDTH = values.width;
const { detectVectorWidth } = await import('../packages/c-emit/dist/index.js');
const settings = {
  width: detectVectorWidth(),
  repeats: Number(values.repeats),
  threads: Number(values.threads),
  spaces: list(values.space),
};

if (values.table) {
  const { renderTables } = await import('./engine/measure-bars.js');
  renderTables(values.output);
} else if (values.check) {
  const { checkPeer } = await import('./engine/check-peer.js');
  await checkPeer(settings);
} else if (values.profile) {
  const { profile } = await import('./engine/profile.js');
  await profile(settings);
} else if (values.engine) {
  const { compareEngines } = await import('./engine/compare-engines.js');
  await compareEngines({ ...settings, engines: list(values.engine), plain: values.plain });
} else {
  const { measureBars } = await import('./engine/measure-bars.js');
  await measureBars({ ...settings, only: list(values.only), output: values.output });
}
