// Rows of the table that are steps: ours against PyTorch's, in turns on the same paths.
import { howToGetPeer } from '../peers/peer-process.js';
import { imagenetCase, mobileCase, weightStepFlops } from './cases.js';
import { StepPeer } from './peer.js';
import { createProgram } from './program.js';
import { median, spread } from './statistics.js';
import { fastestOf, ratios, takeTurns } from './take-turns.js';

const gigaflops = (task, repeats, milliseconds) => {
  const flops = Array.from({ length: repeats }, () => task.paths.map((path) => weightStepFlops(task, path))).flat();
  return median(milliseconds.map((ms, turn) => flops[turn] / ms / 1e6));
};

/** Ours beside `peers`, name -> { layout, malloc }; the fastest of them counts. */
const measureStep = async ({ threads, width, repeats, peerFound }, { task, kind, peers, warm }) => {
  const { program, milliseconds } = await createProgram(task, { threads });
  const running = new Map();
  try {
    for (const [name, settings] of Object.entries(peerFound ? peers : {}))
      running.set(name, await StepPeer.start({ task, threads, width, ...settings }));
    const contestants = { nasc: (path) => milliseconds(kind, path) };
    for (const [name, peer] of running) contestants[name] = (path) => peer.milliseconds(kind, path);
    const times = await takeTurns(contestants, task.paths, { repeats, warm });
    const own = times.get('nasc');
    const measured = { ms: spread(own), turns: own.length, ...(kind === 'weight' && { gigaflops: gigaflops(task, repeats, own) }) };
    if (running.size === 0) return { measured, note: howToGetPeer };
    const fastest = fastestOf(times, [...running.keys()]);
    const slower = [...running.keys()].filter((name) => name !== fastest);
    const ratio = ratios(times, fastest, 'nasc');
    return {
      measured,
      peer: { name: fastest, ms: spread(times.get(fastest)) },
      slowerPeers: slower.map((name) => ({ name, ms: spread(times.get(name)) })),
      ratio,
      value: ratio.median,
    };
  } finally {
    for (const peer of running.values()) await peer.dispose();
    await program.dispose();
  }
};

const channelsLast = { 'channels_last, tuned malloc': { layout: 'channels_last', malloc: 'tuned' } };
const asPublished = { 'NCHW, default malloc': { layout: 'nchw', malloc: 'default' } };
const bothLayouts = { ...channelsLast, 'NCHW, tuned malloc': { layout: 'nchw', malloc: 'tuned' } };

export const imagenetStep = (settings, kind) => measureStep(settings, { task: imagenetCase(), kind, peers: channelsLast });

export const imagenetStepAsPublished = (settings) => measureStep(settings, { task: imagenetCase(), kind: 'weight', peers: asPublished });

export const mobileStep = (settings, kind) =>
  measureStep({ ...settings, repeats: 2 * settings.repeats }, { task: mobileCase(), kind, peers: bothLayouts, warm: 1 });
