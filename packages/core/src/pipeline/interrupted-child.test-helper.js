// A run in a process of its own, to be killed or to meet a full disk: `node ... FOLDER ELEMENTS`. It writes `begin` when its
// passes begin and the hashes of its artifacts at the end; each measurement is a line of FOLDER/measured.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPipeline } from '@nasc/core';
import { validateConfig } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';

const [folder, elements] = process.argv.slice(2);
const steps = 12;
const measurements = 12;

/** Each step's bits depend on all that came before. */
const warmUp = {
  name: 'warm-up',
  async run(_input, { checkpoint }) {
    process.stdout.write('begin\n');
    const start = { step: 0, values: new Map([['w', { shape: [+elements], data: new Float32Array(+elements).fill(0.1) }]]), losses: [] };
    const { step, values, losses } = (await checkpoint.resume()) ?? start;
    const { data } = values.get('w');
    for (let done = step; done < steps;) {
      for (const [index, value] of data.entries()) data[index] = 3.9 * value * (1 - value) + 1e-4 * (index % 7);
      losses.push(data[done] / (done + 3));
      done++;
      await checkpoint.offer(() => ({ step: done, values, losses }));
    }
    return { weights: values, history: { columns: { losses } }, cost: { imagesForwardBackward: steps } };
  },
};

/** What is measured never comes out the same again. */
const measure = {
  name: 'measure',
  async run({ supernet }, { checkpoint }) {
    const values = (await checkpoint.resume()) ?? [];
    while (values.length < measurements) {
      const value = performance.now() + Math.random();
      appendFileSync(join(folder, 'measured'), `${values.length} ${value}\n`);
      values.push(value);
      await checkpoint.store(values);
    }
    return { values, checksum: supernet.weights.get('w').data.reduce((sum, value) => sum + value, 0) };
  },
};

/** Goes on from a value that was measured: has to see the same one after each interruption. */
const predict = {
  name: 'predict',
  async run({ values, checksum }, { checkpoint }) {
    let { done, sums } = (await checkpoint.part('sums').resume()) ?? { done: 0, sums: new Float64Array(values.length) };
    while (done < values.length) {
      sums[done] = values[done] + (sums[done - 1] ?? 0);
      done++;
      await checkpoint.part('sums').offer(() => ({ done, sums }));
    }
    return { values, sums: [...sums], checksum };
  },
};

const plugin = {
  name: 'work',
  apiVersion: 1,
  setup(api) {
    const shared = { per: 'run', dependsOn: [], reads: (config) => config.seed };
    api.addPart({ ...shared, stage: 'train', name: 'train', consumes: [], produces: 'supernet', passes: [warmUp] });
    api.addPart({
      ...shared,
      stage: 'annotate',
      name: 'annotate',
      consumes: ['supernet'],
      produces: 'costModel',
      passes: [measure, predict],
    });
    api.addTarget({
      name: 'cpu',
      description: 'For this test.',
      optionsSchema: { type: 'object' },
      create: (options) => ({
        name: 'cpu',
        options,
        capabilities: { dtypes: ['float32'] },
        device: async () => ({ id: 'here', description: 'here' }),
        supports: () => true,
        legalize: [],
        kernels: [],
        emit: async () => ({ files: new Map(), coverage: [] }),
      }),
    });
  },
};

const diagnostics = [];
const listener = (name, event) => name === 'diagnostic' && diagnostics.push(event.code);
const config = validateConfig({ task: { dataset: 'none' }, space: 'none', targets: ['cpu'], cacheDir: 'store' }, 'test');
try {
  const { hashes, costModel } = await createPipeline(config, { plugins: [plugin], folder, listener }).run({
    to: 'annotate',
    checkpointIntervalMs: 0,
  });
  process.stdout.write(JSON.stringify({ hashes, values: costModel.values, sums: costModel.sums, diagnostics }));
} catch (error) {
  if (!(error instanceof DiagnosticError)) throw error;
  process.stdout.write(JSON.stringify({ errors: error.diagnostics, diagnostics }));
  process.exitCode = 1;
}
