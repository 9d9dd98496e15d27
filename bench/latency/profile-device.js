// `nasc profile` as a user calls it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProfile } from '../../packages/profile/dist/index.js';

const root = join(import.meta.dirname, '../..');
const command = join(root, 'packages/cli/bin/nasc.js');
/** No config of anybody's is in it. */
const folder = join(root, '.nasc/bench-latency');

const run = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`nasc ${args.join(' ')} ended with ${code}`))));
  });

/** Wall-clock seconds of the command, compiling included, from its first start on, whatever interrupted it: kept beside the profile. */
const timed = async (path, work) => {
  const file = `${path}.times`;
  const times = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { start: Date.now() };
  writeFileSync(file, JSON.stringify(times));
  if (!existsSync(path)) {
    await work();
    times.end = Date.now();
    writeFileSync(file, JSON.stringify(times));
  }
  return (times.end - times.start) / 1000;
};

/** The profile of a target for a space of `subjects.js`, measured once. */
export const profileDevice = async (file, target, space, { resolution, channels, classes }, { networks, seed = 0, method } = {}) => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  const options = {
    target: JSON.stringify(target),
    space,
    input: `${resolution}x${resolution}x${channels}`,
    classes,
    networks,
    seed,
    method,
    output: file,
  };
  const args = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  const seconds = await timed(path, () => run(['profile', ...args]));
  return { profile: readProfile(path, folder), seconds };
};
