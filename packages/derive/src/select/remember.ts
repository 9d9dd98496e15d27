// Pieces of work that are dear, or would not come out the same again: each is done once, through any number of interruptions.
import type { Checkpoint } from '@nasc/core';

/**
 * A function that gives the value of a name: what it gave before, if ever, else what `work` gives now. That there is none (undefined)
 * is not remembered. One call at a time.
 */
export const remembering = async <Value>(checkpoint: Checkpoint): Promise<(name: string, work: () => Promise<Value>) => Promise<Value>> => {
  const values = new Map(Object.entries((await checkpoint.resume<Readonly<Record<string, Value>>>()) ?? {}));
  return async (name, work) => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const value = await work();
    if (value === undefined) return value;
    values.set(name, value);
    await checkpoint.store(Object.fromEntries(values));
    return value;
  };
};
