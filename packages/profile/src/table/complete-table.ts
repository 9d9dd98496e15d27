// A table that lacks nothing of a space, or the one diagnostic that says what it lacks.
import type { PredictedSpace, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import { blockTable, missingKeys } from './block-table.ts';
import type { TableEntry } from './block-table.ts';

export interface CompleteTable {
  /** Per choice and candidate. */
  readonly choices: readonly (readonly TableEntry[])[];
  /** By unit, in the order of the space's. */
  readonly fixed: readonly TableEntry[];
}

/** LATENCY_MISSING: what a profile lacks, and the command that measures it. `space` is a name. */
export const latencyMissing = (
  { device, target }: Pick<Profile, 'device' | 'target'>,
  space: string,
  keys: readonly string[],
): Diagnostic => messages.latencyMissing({ device: device.description, target: target?.name, space }, keys);

/** Throws LATENCY_MISSING. */
export const completeTable = (profile: Profile, space: PredictedSpace): CompleteTable => {
  const table = blockTable(profile, space);
  const missing = missingKeys(table, space);
  if (missing.length > 0) throw new DiagnosticError([latencyMissing(profile, space.name, missing)]);
  return table as CompleteTable;
};
