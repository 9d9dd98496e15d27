// What is measured of one network; each answers what `bars.js` makes rows of.
import { startPeakMeter } from '../../packages/c-emit/dist/index.js';
import { buildOwn, cacheFolder, logitsOf, serveOwn } from './own-program.js';
import { liveTensors } from './live-tensors.js';
import { randomImages } from './prepare-network.js';
import { peakOf, playRounds, ratioOf, shareOf, timesOf } from './rounds.js';
import { startRuntime } from './runtime-peer.js';

/** Rounds of the peak's loop for one value: some 15 ms. */
const peakRounds = 3;
const imagesCompared = 4;
const allowedError = 1e-5;

/** Disposes of everything that `use` was given by `own`, in the end. */
const withOwned = async (use) => {
  const owned = [];
  const own = (thing) => {
    owned.push(thing);
    return thing;
  };
  try {
    return await use(own);
  } finally {
    for (const thing of owned.toReversed()) await thing.dispose();
  }
};

/** Largest difference of logits, and the Euclidean one relative to the peer's. */
const compareLogits = async (prepared, program, peer) => {
  const images = randomImages(prepared.input, imagesCompared);
  const [ours, theirs] = [await logitsOf(program, images), await peer.logits(images)];
  if (ours.length !== theirs.length) throw new Error(`${prepared.name}: ${ours.length} logits, not ${theirs.length}`);
  const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const differences = theirs.map((value, index) => ours[index] - value);
  const errors = { maximum: Math.max(...differences.map(Math.abs)), relative: norm(differences) / norm(theirs) };
  if (!(errors.relative <= allowedError)) throw new Error(`${prepared.name}: logits differ by ${errors.relative.toExponential(1)}`);
  return errors;
};

/** Ours beside ONNX Runtime, one thread each, with the peak around ours. */
const speed = (prepared, { width, rounds }) =>
  withOwned(async (own) => {
    const program = await buildOwn(prepared, { width });
    const peer = own(await startRuntime(prepared, { width }));
    const errors = await compareLogits(prepared, program, peer);
    const ours = own(serveOwn(program));
    const peak = own(await startPeakMeter({ threads: 1, width, cacheFolder }));
    const played = await playRounds(
      { ours: ours.milliseconds, peer: peer.milliseconds },
      { rounds, around: () => peak.gigaflops(peakRounds), surrounded: ['ours'] },
    );
    const gigaOperations = 2e-9 * prepared.macs;
    return {
      rounds,
      macs: prepared.macs,
      ours: timesOf(played, 'ours'),
      peer: timesOf(played, 'peer'),
      peerVectors: peer.vectors,
      ratio: ratioOf(played, 'peer', 'ours'),
      gigaflops: gigaOperations / (timesOf(played, 'ours').median / 1000),
      peak: peakOf(played, 'ours'),
      share: shareOf(played, 'ours', gigaOperations),
      errors,
    };
  });

/** Ours beside the plain kernels of the ops. */
const plain = (prepared, { width, rounds }) =>
  withOwned(async (own) => {
    const ours = own(serveOwn(await buildOwn(prepared, { width })));
    const peer = own(serveOwn(await buildOwn(prepared, { width, kernels: 'plain' })));
    const played = await playRounds({ ours: ours.milliseconds, peer: peer.milliseconds }, { rounds });
    return { rounds, ours: timesOf(played, 'ours'), peer: timesOf(played, 'peer'), ratio: ratioOf(played, 'peer', 'ours') };
  });

/** Both with two threads, and ours with one. */
const threads = (prepared, { width, rounds }) =>
  withOwned(async (own) => {
    const program = await buildOwn(prepared, { width, threads: 2 });
    const peer = own(await startRuntime(prepared, { width, threads: 2 }));
    const errors = await compareLogits(prepared, program, peer);
    const alone = own(serveOwn(await buildOwn(prepared, { width })));
    const ours = own(serveOwn(program));
    const contestants = { ours: ours.milliseconds, peer: peer.milliseconds, alone: alone.milliseconds };
    const played = await playRounds(contestants, { rounds });
    return {
      rounds,
      ours: timesOf(played, 'ours'),
      peer: timesOf(played, 'peer'),
      peerVectors: peer.vectors,
      ratio: ratioOf(played, 'peer', 'ours'),
      overOne: ratioOf(played, 'alone', 'ours'),
      errors,
    };
  });

/** Bytes of both sides. */
const memory = (prepared, { width }) =>
  withOwned(async (own) => {
    const program = await buildOwn(prepared, { width });
    const peer = own(await startRuntime(prepared, { width }));
    const { arenaBytes, weightBytes } = program.memory;
    const live = liveTensors(prepared.network.graph);
    return {
      arenaBytes,
      weightBytes,
      codeBytes: await program.codeBytes(),
      live,
      share: arenaBytes / live.bytes,
      peer: await peer.memory(),
    };
  });

/** Kind -> measurement of a prepared network. */
export const measurements = { speed, plain, threads, memory };
