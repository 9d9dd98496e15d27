// Row of the table: peak resident memory of the whole process.
import { howToGetPeer } from '../peers/peer-process.js';
import { imagenetCase } from './cases.js';
import { StepPeer } from './peer.js';
import { stepKinds } from './program.js';
import { residentMemory } from './resident-memory.js';

const peerMemory = async ({ threads, width }) => {
  const task = imagenetCase();
  const peer = await StepPeer.start({ task, threads, width, layout: 'channels_last', malloc: 'tuned' });
  try {
    for (const kind of stepKinds) for (const path of task.paths) await peer.milliseconds(kind, path);
    return (await peer.ask({ do: 'memory' })).peakBytes;
  } finally {
    await peer.dispose();
  }
};

export const memoryRow = async (settings) => {
  const { peakBytes, arenaBytes } = await residentMemory(settings);
  const own = { measured: { bytes: peakBytes, arenaBytes }, value: peakBytes / 1e9 };
  if (!settings.peerFound) return { ...own, note: howToGetPeer };
  const bytes = await peerMemory(settings);
  return { ...own, peer: { name: 'channels_last, tuned malloc', bytes }, ratio: { median: bytes / peakBytes } };
};
