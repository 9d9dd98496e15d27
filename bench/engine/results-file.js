// The results on disk, by processor and vector width; rows that were not measured again stay.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';

export const processorName = () => `${cpus()[0].model.trim()}, ${availableParallelism()} cores`;

export const readResults = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return {};
  }
};

/** Digits beyond the fourth say nothing. */
const rounded = (_, value) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);

/** Adds `changes` to what is there of this processor with `width`. */
export const saveResults = (path, width, changes) => {
  const all = readResults(path);
  const key = `${processorName()}, ${width}`;
  const before = all[key] ?? { results: {} };
  all[key] = { ...before, ...changes, width, results: { ...before.results, ...changes.results } };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, `${JSON.stringify(all, rounded, 2)}\n`);
  renameSync(`${path}.tmp`, path);
};
