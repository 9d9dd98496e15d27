// Rounds in which everyone computes for a moment, one at a time: what else the machine does, and how fast it clocks, meets all alike.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, spread } from '../engine/statistics.js';

/** Length of a turn: short enough for one clock frequency, long enough for a median of single runs. */
const turnMs = 60;
/** Between turns: threads of the one before end their waiting. */
const restMs = 10;

/** Runs that make a turn, from the time of some. */
const runsOf = async (milliseconds) => {
  await milliseconds(1);
  const ms = await milliseconds(3);
  return Math.max(1, Math.round(turnMs / ms));
};

/**
 * `contestants`: name -> (runs) => median milliseconds of a run. `around(turn)`, if given, does something before and after each turn of
 * those that are named in `surrounded`, and answers it. Returns a list of rounds: name -> { ms, around }. Everyone is first as often.
 */
export const playRounds = async (contestants, { rounds, around, surrounded = [] }) => {
  const order = [];
  for (const [name, milliseconds] of Object.entries(contestants)) {
    order.push({ name, milliseconds, runs: await runsOf(milliseconds) });
  }
  const played = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const { name, milliseconds, runs } of order) {
      await sleep(restMs);
      const before = surrounded.includes(name) ? await around() : undefined;
      const ms = await milliseconds(runs);
      result[name] = before === undefined ? { ms } : { ms, around: [before, await around()] };
    }
    played.push(result);
    order.push(order.shift());
  }
  return played;
};

/** Milliseconds of one contestant over all rounds. */
export const timesOf = (rounds, name) => spread(rounds.map((round) => round[name].ms));

/** How many times as long as `ours` the `other` took, round by round: median and quartiles. */
export const ratioOf = (rounds, other, ours) => spread(rounds.map((round) => round[other].ms / round[ours].ms));

/** Of the values around a turn the higher one: whatever disturbs the peak makes it lower. */
export const peakAround = ({ around }) => Math.max(...around);

/** Of what a contestant does in a run (10^9 operations), the share of the peak right before and after. */
export const shareOf = (rounds, name, gigaOperations) =>
  spread(rounds.map(({ [name]: turn }) => gigaOperations / (turn.ms / 1000) / peakAround(turn)));

/** GFLOP/s of the peak around a contestant. */
export const peakOf = (rounds, name) => median(rounds.map((round) => peakAround(round[name])));
