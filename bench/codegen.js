// How fast generated C is, and in how much memory, beside ONNX Runtime: the table of bars.
//
//   npm run bench:codegen -- [--width avx2] [--only large,memory-small,...] [--networks mobilenet-v2,...] [--rounds 25]
//
// measures every row (bench/codegen/bars.js), prints the tables and keeps the results in bench/results/codegen.json, by processor and
// vector width. Both sides run in processes that stay, and compute by turns of about 60 ms, of which the median of single runs counts; the
// ratio is the median over rounds of that within a round, and the peak of multiply-adds is measured right before and after each turn of ours.
// A call of ONNX Runtime from Node costs 12 to 15 us, which are in its times. Compiling included, about ten minutes.
//
// `--width avx2` builds ours for AVX2. ONNX Runtime has no setting for that: where Linux and the processor let a process's CPUID fault, it
// is made to see no AVX-512 (bench/codegen/hold-to-avx2.c); elsewhere the row says which vectors it used.
//
//   npm run bench:codegen -- --table     the tables of all results on disk, as Markdown
//
// Run `npm run build` before. Times mean something only on an idle machine, and only as ratios within one run.
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const list = (text) => text?.split(',');

const { values } = parseArgs({
  options: {
    width: { type: 'string' },
    only: { type: 'string' },
    networks: { type: 'string' },
    rounds: { type: 'string', default: '25' },
    output: { type: 'string', default: join(import.meta.dirname, 'results/codegen.json') },
    table: { type: 'boolean', default: false },
  },
});
// Before anything looks it up: what programs are built for.
if (values.width) process.env.NASC_VECTOR_WIDTH = values.width;
const { measureBars, renderTables } = await import('./codegen/measure-bars.js');

if (values.table) renderTables(values.output);
else {
  const { detectVectorWidth } = await import('../packages/c-emit/dist/index.js');
  await measureBars({
    only: list(values.only),
    names: list(values.networks),
    rounds: Number(values.rounds),
    width: detectVectorWidth(),
    output: values.output,
  });
}
