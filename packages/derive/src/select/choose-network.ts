// The loop that makes the limit true on the device: propose, rank, measure, correct the cost model, again.
import type { Architecture, LatencyTable, SelectRound } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { leastLatency, predictLatency } from '../latency-model.ts';
import { messages } from '../messages.ts';

export interface ChooseNetworkOptions {
  readonly table: LatencyTable;
  readonly limitMs: number | undefined;
  readonly rounds: number;
  /** Networks whose latency by `table` keeps a limit; best first. */
  propose(limitMs: number | undefined): readonly (readonly number[])[];
  /** Cross-entropy, nats: the lower the better. */
  score(choices: readonly number[]): Promise<number>;
  /** Milliseconds on the target; undefined where it cannot run here. */
  measure(choices: readonly number[]): Promise<number | undefined>;
  /** Told DERIVE_LIMIT_NOT_KEPT. */
  report(diagnostic: Diagnostic): void;
}

/** Each further round leaves a little more room below the limit than the last measurement asks for, because that is noisy, too. */
const roomPerRound = 0.01;

/**
 * The best scored of the proposed networks that keeps the limit when measured. One that exceeds it corrects the cost model by
 * measured / predicted, and the next round proposes anew. Predicted values of later rounds are corrected ones.
 *
 * Where the model says that the limit can be kept and no measurement agrees (a machine busy with other things), the fastest that
 * was measured is returned with a warning. Throws DERIVE_LIMIT_INFEASIBLE where the model says that it cannot.
 */
export const chooseNetwork = async ({
  table,
  limitMs,
  rounds,
  propose,
  score,
  measure,
  report,
}: ChooseNetworkOptions): Promise<Architecture> => {
  const scores = new Map<string, number>();
  const scoreOnce = async (choices: readonly number[]): Promise<number> => {
    const key = choices.join(',');
    const known = scores.get(key);
    if (known !== undefined) return known;
    const found = await score(choices);
    scores.set(key, found);
    return found;
  };

  // Before a corrected model calls the limit infeasible the fastest network is measured. (The factor covers rounding of sums.)
  const leastMs = leastLatency(table) * (1 + 1e-9);
  const allowance = (ms: number, round: number) => (round === 0 ? ms : Math.max(ms, leastMs));

  const history: SelectRound[] = [];
  let correction = 1;
  for (let round = 0; round < rounds; round++) {
    const exceeded = new Set(history.map(({ choices }) => choices.join(',')));
    const allowedMs = limitMs === undefined ? undefined : allowance(limitMs / (correction * (1 + roomPerRound * round)), round);
    let best: { readonly choices: readonly number[]; readonly score: number } | undefined;
    for (const choices of propose(allowedMs)) {
      if (exceeded.has(choices.join(','))) continue;
      const found = await scoreOnce(choices);
      if (!best || found < best.score) best = { choices, score: found };
    }
    if (!best) break;

    const predictedMs = predictLatency(table, best.choices) * correction;
    const measuredMs = await measure(best.choices);
    const keepsLimit = limitMs === undefined || (measuredMs ?? predictedMs) <= limitMs;
    history.push({ ...best, predictedMs, measuredMs, keepsLimit });
    if (keepsLimit) return { choices: best.choices, predictedMs, measuredMs, limitMs, rounds: history };
    correction *= measuredMs! / predictedMs;
  }
  if (history.length === 0) throw new DiagnosticError([messages.limitInfeasible(limitMs ?? Infinity, leastLatency(table))]);
  const { choices, predictedMs, measuredMs } = history.toSorted((a, b) => a.measuredMs! - b.measuredMs!)[0]!;
  report(
    messages.limitNotKept(
      limitMs!,
      history.map((round) => round.measuredMs!),
    ),
  );
  return { choices, predictedMs, measuredMs, limitMs, rounds: history };
};
