// Latencies of a space from a table: exact matches only. What the table lacks ends the look-up, all of it named at once.
import type { BlockLatencies, DeviceDescription, LatencyValue } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { SearchSpaceGraph } from '@nasc/ir';
import type { LatencyTable, TableEntry } from './latency-table.ts';
import { listBlocks } from './list-blocks.ts';
import type { KeyedBlock } from './list-blocks.ts';
import { messages } from './messages.ts';

/** Median absolute deviation of a normal distribution of standard deviation 1. */
const normalDeviation = 0.6745;

const valueOf = (entries: readonly TableEntry[], deviceId: string): LatencyValue => ({
  ms: entries.reduce((sum, { ms }) => sum + ms, 0),
  source: 'table',
  samples: entries.length > 0 ? Math.min(...entries.map(({ count }) => count)) : 0,
  // Variances of measurements that do not depend on each other add up.
  spread: normalDeviation * Math.sqrt(entries.reduce((sum, { variance }) => sum + variance, 0)),
  deviceId,
});

/** `name` is the target's. Throws TABLE_INCOMPLETE. */
export const lookUp = (space: SearchSpaceGraph, name: string, table: LatencyTable, device: DeviceDescription): BlockLatencies => {
  const { choices, fixed } = listBlocks(space);
  const blocks: readonly KeyedBlock[] = [...fixed, ...choices.flat()];
  const entryOf = ({ key }: KeyedBlock): readonly TableEntry[] => (typeof key === 'string' ? [table.entries.get(key)!] : []);
  const isMissing = ({ key }: KeyedBlock) => key === undefined || (key !== null && !table.entries.has(key));

  const missing = blocks.filter(isMissing);
  if (missing.length > 0) {
    const there = blocks.filter((block) => !isMissing(block)).flatMap(entryOf);
    throw new DiagnosticError([
      messages.incomplete(name, {
        keys: [...new Set(missing.flatMap(({ key }) => key ?? []))],
        withoutKey: missing.filter(({ key }) => key === undefined),
        // Of a space the sum over all candidates would mean nothing.
        ...(choices.length === 0 && { there: { blocks: there.length, ms: valueOf(there, device.id).ms } }),
      }),
    ]);
  }

  const units = new Map<string, TableEntry[]>();
  for (const block of fixed) units.set(block.unit, [...(units.get(block.unit) ?? []), ...entryOf(block)]);
  return {
    device,
    choices: choices.map((candidates) => candidates.map((block) => valueOf(entryOf(block), device.id))),
    fixed: Object.fromEntries([...units].map(([unit, entries]) => [unit, valueOf(entries, device.id)])),
    protocol: {
      method: 'looked up in a table of block latencies, exact matches only',
      entries: table.entries.size,
      ...(table.source !== undefined && { source: table.source }),
    },
  };
};
