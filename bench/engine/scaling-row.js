// Row of the table: what a second thread brings to the weight step, beside what it brings to a matrix product and a copy.
//
// With t(n) the milliseconds on n threads, the scaling of anything is t(1) / t(2). A step that spends the share a of its time on one
// thread on arithmetic, and the rest on memory, would at best scale like
//
//   best = 1 / (a / scaling(product) + (1 - a) / scaling(copy)),
//
// where a = (operations of the step / operations a second of the product on one thread) / t(1) of the step: the product's speed is the
// arithmetic's limit, so a is what arithmetic needs at least, and everything else counts as waiting for memory. The row's figure is
// scaling(step) / best; relative to the product alone and to the copy alone are told beside it.
import { readFileSync } from 'node:fs';
import { LineProcess, commonFlags, compile, detectVectorWidth, kernelHeader, vectorFlags } from '../../packages/c-emit/dist/index.js';
import { imagenetCase, weightStepFlops } from './cases.js';
import { cacheFolder, createProgram } from './program.js';
import { mean, median } from './statistics.js';
import { takeTurns } from './take-turns.js';

/** Operations of the product of `reference.c`. */
const productFlops = 2 * 1152 * 1152 * 1024;

const startReference = async () => {
  const program = await compile({
    kind: 'executable',
    sources: new Map([
      ['reference.c', [kernelHeader('inference-vector.h'), readFileSync(new URL('reference.c', import.meta.url), 'utf8')].join('\n')],
    ]),
    flags: [...commonFlags, ...vectorFlags[detectVectorWidth()].flags],
    cacheFolder,
  });
  return new LineProcess(program, []);
};

export const scalingRow = async ({ repeats }) => {
  const task = imagenetCase();
  const reference = await startReference();
  const one = await createProgram(task, { threads: 1 });
  const two = await createProgram(task, { threads: 2 });
  const ask = (line) => async () => Number(await reference.ask(line));
  const times = await takeTurns(
    {
      'step 1': (path) => one.milliseconds('weight', path),
      'step 2': (path) => two.milliseconds('weight', path),
      'product 1': ask('product 1'),
      'product 2': ask('product 2'),
      'copy 1': ask('copy 1'),
      'copy 2': ask('copy 2'),
    },
    task.paths,
    { repeats },
  );
  reference.dispose();
  await one.program.dispose();
  await two.program.dispose();
  const scaling = (what) => median(times.get(`${what} 1`).map((ms, turn) => ms / times.get(`${what} 2`)[turn]));
  const [step, product, copy] = ['step', 'product', 'copy'].map(scaling);
  const productSpeed = productFlops / median(times.get('product 1'));
  const arithmetic = mean(task.paths.map((path) => weightStepFlops(task, path))) / productSpeed / mean(times.get('step 1'));
  const best = 1 / (arithmetic / product + (1 - arithmetic) / copy);
  return {
    measured: { step, product, copy, arithmeticShare: arithmetic, best, overProduct: step / product, overCopy: step / copy },
    ms: Object.fromEntries([...times].map(([name, values]) => [name, median(values)])),
    value: step / best,
  };
};
