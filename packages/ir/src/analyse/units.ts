// What is never exchanged, timed or written in code in parts: a block, or several that are fixed together.
import type { Group } from '../graph.ts';

/** Unit of a node: that of its group, or its own id where it belongs to none. */
export const unitsOf = (groups: readonly Group[]): ((node: { readonly id: string; readonly group?: string }) => string) => {
  const units = new Map(groups.map(({ id, unit }) => [id, unit ?? id]));
  return ({ id, group }) => (group === undefined ? id : (units.get(group) ?? group));
};
