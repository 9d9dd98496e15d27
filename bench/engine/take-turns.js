// Contestants take turns on the same path, so that what else the machine does meets all of them alike.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, spread } from './statistics.js';

/** Idle threads of OpenMP spin for some milliseconds behind a step: the next one's turn comes after that. */
const restMs = 20;

/**
 * `contestants`: name -> (path) => milliseconds. Every path is run once by everyone untimed (new shapes make oneDNN generate code),
 * then `repeats` times. `warm`: untimed steps before each timed one, where steps are so short that the caches matter in which the
 * others left their data. Returns name -> milliseconds, in one order for all.
 */
export const takeTurns = async (contestants, paths, { repeats, warm = 0 }) => {
  const times = new Map(Object.keys(contestants).map((name) => [name, []]));
  for (const run of Object.values(contestants)) for (const path of paths) await run(path);
  const order = Object.entries(contestants);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const path of paths) {
      for (const [name, run] of order) {
        await sleep(restMs);
        for (let i = 0; i < warm; i++) await run(path);
        times.get(name).push(await run(path));
      }
      order.push(order.shift()); // everyone is first as often
    }
  }
  return times;
};

/** How many times as long as `ours` the `other` took, turn by turn: median and quartiles. */
export const ratios = (times, other, ours) => spread(times.get(other).map((ms, turn) => ms / times.get(ours)[turn]));

/** Of some contestants, the one with the least median. */
export const fastestOf = (times, names) => names.toSorted((a, b) => median(times.get(a)) - median(times.get(b)))[0];
