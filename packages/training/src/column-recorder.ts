// Histories: one row a step, kept as columns.

export interface ColumnRecorder<Name extends string> {
  add(row: Readonly<Record<Name, number>>): void;
  columns(): Readonly<Record<Name, readonly number[]>>;
}

/** Goes on behind the rows of `begun`, where there are any. */
export const columnRecorder = <Name extends string>(
  names: readonly Name[],
  begun?: Readonly<Record<Name, readonly number[]>>,
): ColumnRecorder<Name> => {
  const columns = Object.fromEntries(names.map((name) => [name, [...(begun?.[name] ?? [])]])) as Record<Name, number[]>;
  return {
    add(row) {
      for (const name of names) columns[name].push(row[name]);
    },
    columns: () => columns,
  };
};
