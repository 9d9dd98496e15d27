// Lookups from plain lists: what tests and libraries use where no plugins are set up.

export interface ListLookup<T> {
  get(name: string): T | undefined;
  names(): readonly string[];
  all(): readonly T[];
}

/** Serves as `OpLookup`, `MacroLookup` or `PatternLookup`. A name that occurs twice is an error. */
export const lookupOf = <T extends { readonly name: string }>(list: readonly T[]): ListLookup<T> => {
  const byName = new Map(list.map((item) => [item.name, item]));
  if (byName.size < list.length) {
    const repeated = list.find((item) => byName.get(item.name) !== item);
    throw new Error(`"${repeated?.name}" is in the list twice.`);
  }
  return { get: (name) => byName.get(name), names: () => [...byName.keys()], all: () => list };
};
