// Networks that just keep a limit, over the range of limits: what their emitted, compiled code takes beside what was predicted.
import { noCheckpoint } from '../../packages/core/dist/index.js';
import { proposeNetworks } from '../../packages/derive/dist/index.js';
import { choicesOf } from '../../packages/ir/dist/index.js';
import { predictNetwork, referenceNetwork } from '../../packages/profile/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { deployedGraph } from '../../packages/transforms/dist/index.js';
import { median } from '../engine/statistics.js';
import { cacheFolder } from '../codegen/own-program.js';
import { deployable, expand, registry } from '../codegen/prepare-network.js';

const networkCount = 10;
/** Of the emitted network, each between two times of the reference. */
const rounds = 5;

const context = { signal: new AbortController().signal, seed: 0, cacheFolder, registry, checkpoint: noCheckpoint(), progress: () => {} };

/** The best network under `limitMs` for gains that are drawn: as select finds it when a search has such probabilities. */
const networkUnder = (model, limitMs, seed) => {
  const random = new Random({ seed, stream: 'bench.gains' });
  const logProbabilities = model.choices.map((candidates) => candidates.map(() => Math.log(random.uniform() + 1e-9)));
  const latency = {
    name: 'latency',
    unit: 'ms',
    combine: 'sum',
    constant: Object.values(model.fixed).reduce((sum, { ms }) => sum + ms, 0),
    candidates: model.choices.map((candidates) => candidates.map(({ ms }) => ms)),
    limit: limitMs,
  };
  const [best] = proposeNetworks({ result: { kind: 'probabilities', logProbabilities }, costs: [latency], count: 1 });
  return best;
};

const rangeOf = ({ choices, fixed }) => {
  const constant = Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0);
  const total = (pick) => constant + choices.reduce((sum, candidates) => sum + pick(...candidates.map(({ ms }) => ms)), 0);
  return { least: total(Math.min), most: total(Math.max) };
};

/** Limits in equal ratios between the fastest and the slowest network. */
const limitsOf = (model) => {
  const { least, most } = rangeOf(model);
  return Array.from({ length: networkCount }, (_, index) => least * (most / least) ** ((index + 1) / (networkCount + 1)));
};

export const emittedNetworks = async (name, input, { model, reference }) => {
  const space = expand(name, input);
  const target = registry.targets.require('cpu').create({ weights: 'file' }, { folder: '.' });
  const timer = await target.timer(space, context);
  const networks = [];
  try {
    const usual = referenceNetwork(choicesOf(space).map(({ candidates }) => candidates.length));
    const referenceMs = async () => {
      await timer.restart();
      return (await timer.time(usual, { blocks: false })).ms;
    };
    for (const [seed, limitMs] of limitsOf(model).entries()) {
      const choices = networkUnder(model, limitMs, seed);
      const { network } = deployable('network', deployedGraph(space, choices, registry.patterns), input);
      const emitted = await target.emit(network, undefined, { registry });
      const executable = await target.build(emitted, network, context);
      const times = [];
      try {
        let before = await referenceMs();
        for (let round = 0; round < rounds; round++) {
          const { ms } = await executable.measure(context);
          const after = await referenceMs();
          times.push((ms * reference.ms) / Math.sqrt(before * after));
          before = after;
        }
      } finally {
        await executable.dispose();
      }
      networks.push({ choices, limitMs, predictedMs: predictNetwork(model, choices), emittedMs: median(times) });
    }
  } finally {
    await timer.dispose();
  }
  return networks;
};
