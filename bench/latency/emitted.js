// Networks that just keep a limit, over the range of limits: what their emitted, compiled code takes beside what was predicted.
import { noCheckpoint } from '../../packages/core/dist/index.js';
import { proposeNetworks } from '../../packages/derive/dist/index.js';
import { choicesOf } from '../../packages/ir/dist/index.js';
import { predictNetwork, referenceNetwork } from '../../packages/profile/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { deployedGraph } from '../../packages/transforms/dist/index.js';
import { detectVectorWidth } from '../../packages/c-emit/dist/index.js';
import { buildOwn, cacheFolder, serveOwn } from '../codegen/own-program.js';
import { deployable, expand, registry } from '../codegen/prepare-network.js';
import { playRounds, ratioOf } from '../codegen/rounds.js';

const networkCount = 10;
/** Turns of the emitted network and of the reference, alternating. */
const rounds = 25;

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
  const [best] = proposeNetworks({ result: { kind: 'distribution', logProbabilities }, costs: [latency], count: 1 });
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
  const timer = await registry.targets.require('cpu').create({}, { folder: '.' }).timer(space, context);
  const usual = referenceNetwork(choicesOf(space).map(({ candidates }) => candidates.length));
  const referenceMs = async () => (await timer.time(usual, { blocks: false })).ms;
  const width = detectVectorWidth();
  const networks = [];
  try {
    for (const [seed, limitMs] of limitsOf(model).entries()) {
      const choices = networkUnder(model, limitMs, seed);
      const graph = deployedGraph(space, choices, registry.patterns);
      // Weights in a file: those of large networks take long to compile.
      const emitted = serveOwn(await buildOwn({ size: 'large', ...deployable('network', graph, input) }, { width }), { pin: true });
      try {
        await timer.restart();
        const played = await playRounds({ emitted: emitted.milliseconds, reference: referenceMs }, { rounds });
        const { median } = ratioOf(played, 'emitted', 'reference');
        networks.push({ choices, limitMs, predictedMs: predictNetwork(model, choices), emittedMs: median * reference.ms });
      } finally {
        emitted.dispose();
      }
    }
  } finally {
    await timer.dispose();
  }
  return networks;
};
