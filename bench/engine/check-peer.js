// Are both sides the same network? Parameters and multiply-adds are counted on every path; then PyTorch gets our initial weights and
// our batch, and logits, loss, gate gradients, and logits behind three weight steps are compared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { singlePath } from '../../packages/core/dist/index.js';
import { candidateCosts, costSummary, initialiseParameters, isChoice, parametersOf, sumCosts } from '../../packages/ir/dist/index.js';
import { howToGetPeer, lookUpPeer } from '../peers/peer-process.js';
import { imagenetCase, macsOf, mobileCase, registry } from './cases.js';
import { StepPeer } from './peer.js';
import { createProgram } from './program.js';

/** ||a - b|| / ||b|| */
const relativeError = (a, b) => {
  const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(Array.from(b, (value, i) => a[i] - value)) / norm(Array.from(b));
};

const pathParameters = ({ graph, choices, costs }, path) =>
  sumCosts(graph.nodes.flatMap((node) => (isChoice(node) ? [] : [costs[node.id]]))).parameters +
  choices.reduce((sum, choice, index) => sum + candidateCosts(choice, costs)[path[index]].parameters, 0);

/** Running statistics are left out: both sides normalise by those of the batch. */
const writeWeights = (task, parameters, file) => {
  const trainable = parametersOf(task.graph, registry.ops).filter(({ spec }) => spec.trainable);
  writeFileSync(file, Buffer.concat(trainable.map(({ id }) => Buffer.from(parameters.get(id).data.buffer))));
  return trainable.map(({ id, spec }) => [id, spec.shape]);
};

/**
 * Initial weights, but every activation is far from the kinks of relu6: 3 ± 0.4. Where rounding puts some of them on the other side, both
 * sides would be right and their gradients apart by a hundredth.
 */
const smoothParameters = (task) =>
  new Map(
    [...initialiseParameters(task.graph, registry.ops, 1)].map(([id, { shape, data }]) => {
      const value = { scale: 0.4, shift: 3 }[id.split('.').at(-1)];
      return [id, { shape, data: value === undefined ? data : data.fill(value) }];
    }),
  );

const checkCase = async (task, threads, width, folder) => {
  const parameters = smoothParameters(task);
  const { program, batch, run } = await createProgram(task, { threads, parameters });
  const peer = await StepPeer.start({ task, threads, width, layout: 'channels_last', malloc: 'tuned' });
  const [weights, images] = ['weights', 'images'].map((name) => join(folder, name));
  const load = { do: 'load', file: weights, parameters: writeWeights(task, parameters, weights) };
  writeFileSync(images, batch.images);
  await peer.ask({ do: 'batch', file: images, labels: batch.labels });
  const { unknown } = await peer.ask(load);
  if (unknown.length > 0) throw new Error(`PyTorch has no ${unknown.join(', ')}`);

  const all = costSummary(task.graph, task.costs).shared.parameters;
  let wrong = 0;
  const expect = (what, holds) => {
    if (holds) return;
    wrong++;
    console.log(`  DIFFERENT: ${what}`);
  };
  const worst = { logits: 0, loss: 0, two: 0, full_v2: 0, trained: 0 };
  const meet = (what, error, limit) => {
    worst[what] = Math.max(worst[what], error);
    expect(`${what}, relative error ${error.toExponential(1)}`, error < limit);
  };
  const logitsOf = async (path) => {
    const { logits: theirs } = await peer.ask({ do: 'logits', path });
    const { logits: ours } = await program.evaluate(batch, singlePath(path), 'batch');
    return relativeError(ours, theirs);
  };

  for (const path of task.paths) {
    const found = await peer.ask({ do: 'count', path });
    expect(`parameters ${found.parameters}, ours ${all}`, found.parameters === all);
    const own = pathParameters(task, path);
    expect(`parameters of the path ${found.pathParameters}, ours ${own}`, found.pathParameters === own);
    expect(`multiply-adds ${found.macs}, ours ${macsOf(task, path)}`, found.macs === macsOf(task, path));

    meet('logits', await logitsOf(path), 1e-4);
    for (const kind of ['two', 'full_v2']) {
      const { gates } = await peer.ask({ do: 'step', kind, path });
      const { gradients } = await run(kind, path);
      const [ours, theirs] = [gates.map(([choice, candidate]) => gradients[choice][candidate]), gates.map(([, , value]) => value)];
      meet(kind, relativeError(ours, theirs), 1e-2); // sums in which nearly all cancels
    }
    for (let step = 0; step < 3; step++) {
      const { loss: theirs } = await peer.ask({ do: 'step', kind: 'weight', path });
      const { loss: ours } = await run('weight', path);
      meet('loss', Math.abs(ours / theirs - 1), 1e-4);
    }
    meet('trained', await logitsOf(path), 1e-2);
    await program.writeState({ parameters });
    await peer.ask(load);
  }
  await peer.dispose();
  await program.dispose();
  const errors = Object.entries(worst).map(([what, error]) => `${what} ${error.toExponential(1)}`);
  console.log(
    `${task.name}: ${wrong === 0 ? 'the same network' : `${wrong} differences`}; ${all} parameters; relative errors: ${errors.join(', ')}`,
  );
  return wrong;
};

export const checkPeer = async ({ threads, width }) => {
  if (!(await lookUpPeer(width))) throw new Error(howToGetPeer);
  const folder = mkdtempSync(join(tmpdir(), 'nasc-bench-check-'));
  try {
    let wrong = 0;
    for (const task of [mobileCase(), imagenetCase()]) wrong += await checkCase(task, threads, width, folder);
    if (wrong > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
