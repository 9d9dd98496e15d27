// Histories: one row a step, kept as columns.

export interface ColumnRecorder<Name extends string> {
  add(row: Readonly<Record<Name, number>>): void;
  columns(): Readonly<Record<Name, readonly number[]>>;
}

export const columnRecorder = <Name extends string>(names: readonly Name[]): ColumnRecorder<Name> => {
  const columns = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  return {
    add(row) {
      for (const name of names) columns[name].push(row[name]);
    },
    columns: () => columns,
  };
};
