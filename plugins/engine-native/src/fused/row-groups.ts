// How the rows of a matrix product are shared out: groups of rows are work items, chunks of them are prepared at a time.

/** Rows of a tile on any processor are multiples of this, or several tiles make one. */
const tileRows = [8, 4] as const;

/**
 * Rows of a group, so that there are at most `most` groups: as many of whole tiles as divide the rows evenly, which no thread waits
 * for, else groups with a smaller one at the end.
 */
export const evenGroup = (rows: number, most: number): number => {
  for (const tile of tileRows) for (let groups = most; 2 * groups > most; groups--) if (rows % (groups * tile) === 0) return rows / groups;
  return Math.ceil(Math.ceil(rows / most) / tileRows[0]) * tileRows[0];
};

/** Most groups that any number of rows up to `rows` makes. */
export const roomForGroups = (rows: number, most: number): number => Math.min(most, Math.ceil(rows / tileRows.at(-1)!));

/** Floats that a chunk's inputs and outputs may have, so that they stay in the second cache along with the weights. */
const chunkFloats = 64 * 1024;
const fewestRows = 16;
const mostRows = 64;

/** Upper bound of `chunkOf`. */
export const largestChunk = (floatsOfRow: number): number =>
  Math.min(mostRows, Math.max(fewestRows, Math.floor(chunkFloats / floatsOfRow / 8) * 8));

/** Rows of a chunk: a group in equal parts. */
export const chunkOf = (group: number, floatsOfRow: number): number => {
  const parts = Math.ceil(group / largestChunk(floatsOfRow));
  return Math.ceil(group / parts / 4) * 4;
};
