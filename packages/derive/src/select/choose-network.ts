// The loop that makes the limit true on the device: propose, rank, measure, correct the cost model, again.
import type { Architecture, CostTable, NetworkCost, SelectRound } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { costNamed, leastCost, pathCost } from '@nasc/search';
import { messages } from '../messages.ts';
import { networkCosts } from './network-costs.ts';

export interface ChooseNetworkOptions {
  readonly costs: readonly CostTable[];
  readonly rounds: number;
  /** Networks that keep the limits of such costs; best first. */
  propose(costs: readonly CostTable[]): readonly (readonly number[])[] | Promise<readonly (readonly number[])[]>;
  /** Cross-entropy, nats: the lower the better. Undefined where networks cannot be scored: they are then taken in the order proposed. */
  score(choices: readonly number[]): Promise<number | undefined>;
  /** Milliseconds on the target; undefined where it cannot run here. */
  measure(choices: readonly number[]): Promise<number | undefined>;
  /** Networks of a round that were scored. */
  progress?(done: number, total: number): void;
  /** Told each round as it ends. */
  roundEnded?(round: SelectRound, index: number): void;
  /** What comes nearest to the limits among what was found, for DERIVE_NO_NETWORK. */
  nearest?(): readonly NetworkCost[] | undefined;
  /** Told DERIVE_LIMIT_NOT_KEPT. */
  report(diagnostic: Diagnostic): void;
}

/** Each further round leaves a little more room below the limit than the last measurement asks for, because that is noisy, too. */
const roomPerRound = 0.01;

/**
 * The best scored of the proposed networks that keeps the limit when measured. One that exceeds it corrects the cost model by
 * measured / predicted, and the next round proposes anew.
 *
 * Where the model says that the limit can be kept and no measurement agrees (a machine busy with other things), the fastest that
 * was measured is returned with a warning. Throws DERIVE_NO_NETWORK where none keeps all limits as predicted.
 */
export const chooseNetwork = async ({
  costs,
  rounds,
  propose,
  score,
  measure,
  progress = () => {},
  roundEnded = () => {},
  nearest = () => undefined,
  report,
}: ChooseNetworkOptions): Promise<Architecture> => {
  const latency = costNamed(costs, 'latency');
  const limitMs = latency.limit;
  const scores = new Map<string, number | undefined>();
  const scoreOnce = async (choices: readonly number[]): Promise<number | undefined> => {
    const key = choices.join(',');
    if (scores.has(key)) return scores.get(key);
    const found = await score(choices);
    scores.set(key, found);
    return found;
  };

  // Before a corrected model calls the limit infeasible the fastest network is measured. (The factor covers rounding of sums.)
  const leastMs = leastCost(latency) * (1 + 1e-9);
  const allowance = (ms: number, round: number) => (round === 0 ? ms : Math.max(ms, leastMs));
  const corrected = (correction: number, round: number): readonly CostTable[] =>
    costs.map((table) =>
      table.name === 'latency' && limitMs !== undefined
        ? { ...table, limit: allowance(limitMs / (correction * (1 + roomPerRound * round)), round) }
        : table,
    );

  const history: SelectRound[] = [];
  let correction = 1;
  for (let round = 0; round < rounds; round++) {
    const exceeded = new Set(history.map(({ choices }) => choices.join(',')));
    let best: { readonly choices: readonly number[]; readonly score: number | undefined } | undefined;
    const asked = corrected(correction, round);
    const proposed = (await propose(asked)).filter((choices) => !exceeded.has(choices.join(',')));
    for (const [index, choices] of proposed.entries()) {
      progress(index, proposed.length);
      const found = await scoreOnce(choices);
      if (!best || (found !== undefined && best.score !== undefined && found < best.score)) best = { choices, score: found };
    }
    if (!best) break;

    const predictedMs = pathCost(latency, best.choices);
    const correctedMs = predictedMs * correction;
    const measuredMs = await measure(best.choices);
    const keepsLimit = limitMs === undefined || (measuredMs ?? correctedMs) <= limitMs;
    const askedMs = limitMs === undefined ? undefined : costNamed(asked, 'latency').limit! * correction;
    history.push({ ...best, askedMs, predictedMs, correctedMs, measuredMs, keepsLimit });
    roundEnded(history.at(-1)!, round);
    if (keepsLimit) return { choices: best.choices, predictedMs, measuredMs, costs: networkCosts(costs, best.choices), rounds: history };
    correction = measuredMs! / predictedMs;
  }
  if (history.length === 0) throw new DiagnosticError([messages.noNetwork(costs, nearest())]);
  const { choices, predictedMs, measuredMs } = history.toSorted((a, b) => a.measuredMs! - b.measuredMs!)[0]!;
  report(
    messages.limitNotKept(
      limitMs!,
      history.map((round) => round.measuredMs!),
    ),
  );
  return { choices, predictedMs, measuredMs, costs: networkCosts(costs, choices), rounds: history };
};
