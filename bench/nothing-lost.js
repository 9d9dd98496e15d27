// Is anything lost? Runs of the demo, shortened, killed with SIGKILL at random moments and started again until they finish; each ends
// with the bits of the run that nothing happened to: weights, ONNX file, emitted files, report outside `timing`. The target is a table
// (test/nothing-lost/plugin.js), so that latencies are the same in every run.
//
//   npm run build && node bench/nothing-lost.js [--kills 100] [--seed 0]
//
// Prints how many kills were survived, by the pass that they met, and how many of them in the middle of writing. A quarter of an hour.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { Random } from '../packages/random/dist/index.js';
import { attempt, outcome } from '../test/nothing-lost/killing.js';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '0' } } });
const wanted = Number(values.kills);
const random = new Random({ seed: Number(values.seed), stream: 'bench.kills' });

const config = () => ({
  task: { dataset: 'fashion-mnist-or-mnist', searchImages: 4000, archValidationImages: 500, scoringImages: 500 },
  space: 'mobile-small',
  targets: ['small-table'],
  plugins: [join(import.meta.dirname, '../test/nothing-lost/plugin.js')],
  constraints: { latencyShare: 0.7 },
  outDir: 'out',
  threads: 1 + random.integer(3),
  dataWorkers: random.integer(3),
  train: { epochs: 2, optimizer: { learningRate: 0.1 } },
  derive: {
    strategy: { name: 'proxyless-gradient', steps: 40, weightSteps: 1 },
    retrain: { epochs: 0.1, optimizer: { learningRate: 0.1 } },
  },
});

const root = mkdtempSync(join(tmpdir(), 'nasc-kills-'));
const wholeFolder = join(root, 'whole');
mkdirSync(wholeFolder);
const begun = performance.now();
await attempt({ config: config(), folder: wholeFolder, checkpointIntervalMs: 30_000 });
// Compiled code: the runs that are killed start with it.
const cache = join(wholeFolder, '.nasc/cache');
console.log(`uninterrupted: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
const whole = outcome(wholeFolder);

/** Files and folders under their temporary names: writing was cut off. */
const halfWritten = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    ({ name, parentPath }) => /\.tmp/.test(name) && !parentPath.includes('cache'),
  );

const met = new Map();
let kills = 0;
let runs = 0;
while (kills < wanted) {
  const folder = join(root, `run${runs}`);
  mkdirSync(join(folder, '.nasc'), { recursive: true });
  cpSync(cache, join(folder, '.nasc/cache'), { recursive: true });
  for (let finished = false; !finished;) {
    // By events, so that a busy machine is killed no earlier; a little after one, so that it may be in the middle of anything.
    const eventsBefore = random.integer(60);
    const delayMs = 200 * random.uniform();
    const checkpointIntervalMs = [0, 0, 100][random.integer(3)];
    const killAt = kills < wanted ? (_, count) => count === eventsBefore : undefined;
    const { killed, events } = await attempt({ config: config(), folder, checkpointIntervalMs, killAt, delayMs });
    finished = !killed;
    if (finished) continue;
    kills++;
    const pass = events.at(-1).split(' ')[0];
    const row = met.get(pass) ?? { pass, kills: 0, writing: 0 };
    met.set(pass, { ...row, kills: row.kills + 1, writing: row.writing + (halfWritten(join(folder, '.nasc')) ? 1 : 0) });
  }
  runs++;
  if (!isDeepStrictEqual(outcome(folder), whole)) throw new Error(`other bits after ${kills} kills: compare ${folder} with ${wholeFolder}`);
  rmSync(folder, { recursive: true });
  console.log(`${kills} kills, ${runs} runs: the same bits`);
}
console.table([...met.values()]);
console.log(`${kills} kills survived by ${runs} runs, all with the bits of the uninterrupted one`);
rmSync(root, { recursive: true });
