// Runs in processes of their own, killed at chosen events, and what they leave behind. For the tests here and bench/nothing-lost.js.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(import.meta.dirname, 'attempt.js');

/**
 * @typedef {object} AttemptOptions
 * @property {object} config
 * @property {string} folder What the config's paths start from.
 * @property {number} [checkpointIntervalMs] 0 when absent.
 * @property {(event: string, count: number) => boolean} [killAt] Told each event and how many there were before: kills when it says so.
 * @property {number} [delayMs] From the event to the kill.
 */

/**
 * An attempt until it ends or is killed with SIGKILL.
 * @param {AttemptOptions} options
 * @returns {Promise<{ killed: boolean, events: string[] }>}
 */
export const attempt = ({ config, folder, checkpointIntervalMs = 0, killAt = () => false, delayMs = 0 }) =>
  new Promise((resolve, reject) => {
    const options = JSON.stringify({ config, folder, checkpointIntervalMs });
    const child = spawn(process.execPath, [program, options], { stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {string[]} */
    const events = [];
    let errors = '';
    let chosen = false;
    createInterface({ input: child.stdout }).on('line', (event) => {
      if (!chosen && killAt(event, events.length)) {
        chosen = true;
        setTimeout(() => child.kill('SIGKILL'), delayMs);
      }
      events.push(event);
    });
    child.stderr.on('data', (text) => (errors += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ killed: signal === 'SIGKILL', events });
      else reject(new Error(`the attempt ended with ${signal ?? code}: ${errors}`));
    });
  });

/**
 * Path -> content of the files below a folder, as text that compares byte by byte.
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export const filesBelow = (folder) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path).toString('latin1')]),
  );

/**
 * What a finished run is compared by: every output file, the report without its timing, and the artifacts that hold no measurement of
 * time, final weights among them.
 * @param {string} folder With `out` and `.nasc`.
 * @param {readonly string[]} [timedKinds] Artifacts that hold measurements.
 */
export const outcome = (folder, timedKinds = []) => {
  const { 'report.json': report, ...files } = filesBelow(join(folder, 'out'));
  const { timing: _, ...facts } = JSON.parse(report);
  const artifacts = Object.entries(filesBelow(join(folder, '.nasc/artifacts'))).filter(
    ([path]) => !timedKinds.includes(path.split('/')[0]),
  );
  return { facts, files, artifacts: Object.fromEntries(artifacts) };
};
