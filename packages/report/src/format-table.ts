// Columns of text.

export type Alignment = 'left' | 'right';

/** Rows as lines, columns two spaces apart; the last column on the left is not padded. */
export const formatTable = (rows: readonly (readonly string[])[], alignments: readonly Alignment[]): readonly string[] => {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (alignments[column] === 'right' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
};
