// The results on disk: each finished arm is saved at once, so that a run can be stopped and taken up again.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const read = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
};

/** `basis` is what all arms are made from; arms of another basis are put aside. */
export const openResults = (path, basis) => {
  const found = read(path);
  const same = JSON.stringify(found?.basis) === JSON.stringify(basis);
  if (found && !same) {
    console.log(`Weights, costs or settings are others than those of the saved arms: starting anew, the old file is ${path}.old.`);
    renameSync(path, `${path}.old`);
  }
  const results = same ? found : { basis, arms: {} };
  const save = () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.tmp`, `${JSON.stringify(results)}\n`);
    renameSync(`${path}.tmp`, path);
  };
  return {
    arms: results.arms,
    async arm(name, run) {
      if (!results.arms[name]) {
        const started = performance.now();
        const result = await run();
        results.arms[name] = { ...result, seconds: Math.round((performance.now() - started) / 100) / 10 };
        save();
        console.log(`${name}: ${results.arms[name].seconds} s`);
      }
      return results.arms[name];
    },
  };
};
