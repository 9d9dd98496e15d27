// What a whole process holds: a child does some steps of every kind of the ImageNet space, or of one with so many candidates, and
// nothing else.
//
//   node --expose-gc bench/engine/resident-memory.js THREADS [CANDIDATES]     prints one line of JSON
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const self = fileURLToPath(import.meta.url);

/** On Linux from /proc: what `getrusage` answers starts at what the parent process held. */
const peakBytes = () => {
  const status = '/proc/self/status';
  const kilobytes = existsSync(status) ? readFileSync(status, 'utf8').match(/VmHWM:\s+(\d+)/)[1] : process.resourceUsage().maxRSS;
  return 1024 * Number(kilobytes);
};

/** Without JavaScript's garbage, which is given back some time after it is collected. */
const residentBytes = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(200);
  }
  return process.memoryUsage.rss();
};

const measure = async (threads, candidates) => {
  const { candidatesCase, imagenetCase } = await import('./cases.js');
  const { createProgram, stepKinds } = await import('./program.js');
  const task = candidates ? candidatesCase(candidates) : imagenetCase();
  const { program, run } = await createProgram(task, { threads });
  if (candidates) await program.writeState(await program.readState()); // momentum of all weights is there, as in a run that goes on
  const before = await residentBytes();
  for (const kind of candidates ? ['weight', 'two'] : stepKinds) for (const path of task.paths) await run(kind, path);
  const result = { peakBytes: peakBytes(), stepBytes: (await residentBytes()) - before, arenaBytes: program.arenaBytes };
  await program.dispose();
  return result;
};

/** `stepBytes`: what steps hold beside the weights. */
export const residentMemory = async ({ threads, candidates }) => {
  const parameters = ['--expose-gc', self, String(threads), ...(candidates ? [String(candidates)] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  return JSON.parse(stdout);
};

if (process.argv[1] === self) {
  const [threads, candidates] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await measure(threads, candidates)));
}
