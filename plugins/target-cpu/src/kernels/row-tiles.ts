// The C statements that run a tile function over a row.
import type { RowTile } from './tiles.ts';

/** `call` writes one tile for constant limits and a column that is a number or the name of a variable. */
export const writeRowTiles = (
  tiles: readonly RowTile[],
  size: number,
  call: (left: number, right: number, column: string) => string,
): string =>
  tiles
    .map(({ from, to, left, right }) =>
      to - from > size
        ? `for (int column = ${from}; column < ${to}; column += ${size})\n  ${call(left, right, 'column')}`
        : call(left, right, String(from)),
    )
    .join('\n');
