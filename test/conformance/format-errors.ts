// The figures of whole networks as a table.

export interface NetworkErrors {
  readonly name: string;
  /** Computer -> relative error. */
  readonly scores: Map<string, number>;
  readonly gradients: Map<string, number>;
}

/** Root of the mean square over networks, by computer. */
const overall = (tables: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> => {
  const names = new Set(tables.flatMap((table) => [...table.keys()]));
  return new Map(
    [...names].map((name) => {
      const values = tables.flatMap((table) => table.get(name) ?? []);
      return [name, Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)];
    }),
  );
};

export const summarise = (
  found: readonly NetworkErrors[],
): Pick<Record<'scores' | 'gradients', ReadonlyMap<string, number>>, 'scores' | 'gradients'> => ({
  scores: overall(found.map(({ scores }) => scores)),
  gradients: overall(found.map(({ gradients }) => gradients)),
});

/** One row a network, one column for class scores and gradient of each computer. */
export const formatErrors = (title: string, found: readonly NetworkErrors[]): string => {
  const { scores, gradients } = summarise(found);
  const columns = [
    ...[...scores.keys()].map((name) => ({ head: `scores: ${name}`, of: (row: Omit<NetworkErrors, 'name'>) => row.scores.get(name) })),
    ...[...gradients.keys()].map((name) => ({
      head: `gradient: ${name}`,
      of: (row: Omit<NetworkErrors, 'name'>) => row.gradients.get(name),
    })),
  ];
  const line = (name: string, row: Omit<NetworkErrors, 'name'>) => [name, ...columns.map(({ of }) => of(row)?.toExponential(1) ?? '-')];
  const largest = (pick: (row: NetworkErrors) => ReadonlyMap<string, number>, names: Iterable<string>) =>
    new Map([...names].map((name) => [name, Math.max(...found.map((row) => pick(row).get(name) ?? 0))]));
  const rows = [
    [`${title}: relative error against float64`, ...columns.map(({ head }) => head)],
    ...found.map((row) => line(row.name, row)),
    line('root of the mean square', { scores: new Map(scores), gradients: new Map(gradients) }),
    line('largest', { scores: largest((row) => row.scores, scores.keys()), gradients: largest((row) => row.gradients, gradients.keys()) }),
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
};
