// The limit in milliseconds, however the config states it.
import type { Config } from '@nasc/config';
import type { LatencyTable } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { leastLatency, uniformLatency } from './latency-model.ts';
import { messages } from './messages.ts';

/** Undefined where none is set. Throws `DERIVE_LIMIT_INFEASIBLE` where even the fastest network of the space exceeds it. */
export const latencyLimit = ({ latencyMs, latencyShare }: Config['constraints'], table: LatencyTable): number | undefined => {
  const limitMs = latencyMs ?? (latencyShare === undefined ? undefined : latencyShare * uniformLatency(table));
  const leastMs = leastLatency(table);
  if (limitMs !== undefined && leastMs > limitMs) throw new DiagnosticError([messages.limitInfeasible(limitMs, leastMs)]);
  return limitMs;
};
