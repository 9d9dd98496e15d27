// Does the search work? On Fashion-MNIST with the space `mobile-small`, measured on this machine:
//
//   (a) entropy of the gates falls by a quarter or more;
//   (b) 50 networks drawn from the learned gates beat 50 uniformly drawn ones of equal latency (same warm-up weights);
//   (c) the same with the gates' cross-entropy gradients set to zero does not;
//   (e) the expected latency ends at the limit, and the chosen network keeps it when measured;
//   and how far apart networks of the space are at all: a ladder from the smallest to the largest, trained alike.
//
//   NASC_DATA=/folder/with/fashion-mnist node bench/search.js [--seeds 3] [--only gates,control,limits,ladder]
//
// Finished arms are kept in bench/results/search.json: stop it at any time and run it again. About one to two hours on two cores.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  gatesArm,
  ladder,
  limitArm,
  limitOf,
  networksPerArm,
  sampleNetworks,
  scoreNetworks,
  trainArm,
  uniformProbabilities,
} from './search/arms.js';
import { openResults } from './search/results-file.js';
import { baseConfig, root, setUp } from './search/setup.js';
import { difference, mean } from './search/statistics.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'gates,control,limits,ladder' },
    output: { type: 'string', default: join(root, 'bench/results/search.json') },
  },
});
const wanted = new Set(values.only.split(','));
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
const share = 0.75;
const limitShares = [0.55, 0.75, 0.95];
const rungs = 12;

const bench = await setUp();
const { task, train } = baseConfig;
const results = openResults(values.output, {
  supernet: bench.hashes.supernet,
  costModel: bench.hashes['cpu/costModel'],
  task,
  train,
  share,
  networks: networksPerArm,
});
const rows = [];
const row = (criterion, arm, value, verdict) => rows.push({ criterion, arm, value, verdict });
const points = ({ difference: centre, half }) => `${centre >= 0 ? '+' : ''}${centre.toFixed(2)} ± ${half.toFixed(2)} points`;
const verdict = (holds) => (holds ? 'holds' : 'FAILS');

if (wanted.has('gates') || wanted.has('control')) {
  const uniform = await results.arm('uniform', async () => ({
    scores: await scoreNetworks(bench, sampleNetworks(bench, uniformProbabilities(bench), limitOf(bench, share), 0, 'bench.uniform')),
  }));
  const accuracies = ({ scores }) => scores.map(({ accuracy }) => accuracy);
  row('', 'uniform networks, warm-up weights', `${mean(accuracies(uniform)).toFixed(2)} %`, '');
  for (const seed of seeds) {
    if (wanted.has('gates')) {
      const arm = await results.arm(`gates/${seed}`, () => gatesArm(bench, { share, seed, strategy: {} }));
      const fall = 1 - arm.entropy[1] / arm.entropy[0];
      row(
        'a',
        `gates, seed ${seed}`,
        `entropy ${arm.entropy[0].toFixed(2)} -> ${arm.entropy[1].toFixed(2)} nats (-${(100 * fall).toFixed(0)} %)`,
        verdict(fall >= 0.25),
      );
      const gain = difference(accuracies(arm), accuracies(uniform));
      row('b', `gates - uniform, seed ${seed}`, points(gain), verdict(gain.low > 0));
      const off = arm.expectedMsOfLast50 / arm.limitMs - 1;
      row('e', `expected latency, seed ${seed}`, `${(100 * off).toFixed(1)} % from the limit`, verdict(Math.abs(off) <= 0.05));
    }
    if (wanted.has('control')) {
      const arm = await results.arm(`control/${seed}`, () => gatesArm(bench, { share, seed, strategy: { crossEntropyGradients: false } }));
      const gain = difference(accuracies(arm), accuracies(uniform));
      row('c', `control - uniform, seed ${seed}`, points(gain), verdict(gain.low <= 0));
    }
  }
}

if (wanted.has('limits')) {
  const measured = [];
  for (const limitShare of limitShares) {
    const arm = await results.arm(`limit/${limitShare}`, () => limitArm(bench, limitShare));
    const off = arm.expectedMsOfLast50 / arm.limitMs - 1;
    const { measuredMs, rounds } = arm.architecture;
    row(
      'e',
      `limit ${arm.limitMs.toFixed(4)} ms (share ${limitShare})`,
      `expected ${(100 * off).toFixed(1)} % from it`,
      verdict(Math.abs(off) <= 0.05),
    );
    row(
      'e',
      `chosen network, ${rounds.length} round(s)`,
      `measured ${measuredMs.toFixed(4)} ms, again ${arm.measuredAgainMs.toFixed(4)} ms`,
      verdict(measuredMs <= arm.limitMs),
    );
    measured.push(measuredMs);
  }
  row(
    'e',
    'tighter limits, faster networks',
    measured.map((ms) => ms.toFixed(4)).join(' < '),
    verdict(measured.every((ms, i) => i === 0 || measured[i - 1] < ms)),
  );
}

if (wanted.has('ladder')) {
  for (const [rung, choices] of ladder(bench, rungs).entries()) {
    const arm = await results.arm(`ladder/${rung}`, () => trainArm(bench, choices, { epochs: 3, learningRate: 0.1, seed: 0 }));
    row(
      '',
      `ladder ${rung}: ${(arm.macs / 1e6).toFixed(2)} M multiply-adds`,
      `${arm.predictedMs.toFixed(4)} ms, ${arm.accuracy.toFixed(2)} %`,
      '',
    );
  }
}

console.table(rows);
