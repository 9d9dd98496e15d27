// Measures rows of the table one after another, saves each, and prints the table.
import { findCompiler } from '../../packages/c-emit/dist/index.js';
import { keepsWidth, lookUpPeer } from '../peers/peer-process.js';
import { rows } from './bars.js';
import { processorName, readResults, saveResults } from './results-file.js';
import { shareInUse } from './share-in-use.js';
import { tableOf } from './table.js';

const selectRows = (only) => {
  const ids = rows.map(({ id }) => id);
  for (const id of only ?? []) if (!ids.includes(id)) throw new Error(`There is no row "${id}"; rows are ${ids.join(', ')}.`);
  return rows.filter(({ id }) => !only || only.includes(id));
};

const minutes = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

export const measureBars = async ({ only, repeats, threads, width, output }) => {
  const selected = selectRows(only);
  const peer = await lookUpPeer(width);
  if (peer && !keepsWidth(width, peer)) throw new Error(`PyTorch does not keep to ${width}: ${JSON.stringify(peer)}`);
  const compiler = await findCompiler();
  const peerText = peer ? `PyTorch ${peer.torch} (${peer.aten}; oneDNN: ${peer.oneDnn})` : 'no PyTorch';
  console.log(`${processorName()}, ${width}; ${compiler.version}; Node ${process.version}; ${threads} threads; ${peerText}`);

  const results = {};
  let left = (selected.reduce((sum, { seconds }) => sum + seconds, 0) * repeats) / 3;
  for (const [index, row] of selected.entries()) {
    const inUse = await shareInUse();
    const busy = inUse > 0.05 ? `; the machine is ${Math.round(100 * inUse)} % busy with other things` : '';
    console.log(`[${index + 1}/${selected.length}] ${row.what} (about ${minutes(left)} left${busy})`);
    const result = await row.run({ repeats, threads, width, peerFound: peer !== undefined });
    results[row.id] = { ...result, inUse: Math.max(inUse, await shareInUse()) };
    left -= (row.seconds * repeats) / 3;
    saveResults(output, width, { peer, compiler: compiler.version, node: process.version, threads, results });
  }
  console.log(`\n${tableOf({ width, results })}\n`);
};

/** The table of everything on disk. */
export const renderTables = (output) => {
  for (const [processor, entry] of Object.entries(readResults(output))) console.log(`${processor}\n\n${tableOf(entry)}\n`);
};
