// Which column says what. Names are compared as words: latency_ms, latencyMs and "Latency ms" are one.
import type { Diagnostic } from '@nasc/diagnostics';
import type { ProfiledSpace } from '@nasc/core';
import { importMessages as messages } from './messages.ts';

export interface TimeColumn {
  readonly name: string;
  /** Milliseconds of one unit. */
  readonly unitMs: number;
}

export type ArchitectureColumns =
  | { readonly kind: 'list'; readonly name: string }
  | { readonly kind: 'network'; readonly name: string }
  /** In the order of the choices. */
  | { readonly kind: 'each'; readonly names: readonly string[] };

export interface Columns {
  readonly architecture: ArchitectureColumns | undefined;
  readonly latency: TimeColumn | undefined;
  readonly reference: TimeColumn | undefined;
  readonly samples: string | undefined;
  readonly unused: readonly string[];
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, us: 1e-3, s: 1e3 };

const wordsOf = (column: string): string =>
  column
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter(Boolean)
    .join(' ');

/** `prefixes` are what may stand before the unit. */
const timeColumns = (columns: readonly string[], prefixes: readonly string[]): readonly TimeColumn[] =>
  columns.flatMap((name) => {
    const [, prefix = '', unit] = /^(?:(.+) )?(ms|us|s)$/.exec(wordsOf(name)) ?? [];
    return unit !== undefined && prefixes.includes(prefix) ? [{ name, unitMs: unitsMs[unit]! }] : [];
  });

const numbered = /^(?:choice|c) ?(\d+)$/;

/** Columns of choices, by choice; undefined where no column is one's. */
const choiceColumns = (
  columns: readonly string[],
  space: ProfiledSpace['choices'] | undefined,
): readonly (string | undefined)[] | undefined => {
  const indices = new Map(
    columns.flatMap((name) => {
      const match = numbered.exec(wordsOf(name));
      return match ? [[Number(match[1]), name] as const] : [];
    }),
  );
  const byNumber = Array.from({ length: space?.length ?? Math.max(-1, ...indices.keys()) + 1 }, (_, index) => indices.get(index));
  // A choice is known by its block, too.
  const byId = (space ?? []).map(({ id }) => columns.find((name) => name === id || `${name}.choice` === id));
  const found = byId.some((name) => name !== undefined) ? byId : byNumber;
  return found.some((name) => name !== undefined) ? found : undefined;
};

const oneOf = <T extends { readonly name: string }>(
  found: readonly T[],
  what: string,
  file: string,
  problems: Diagnostic[],
): T | undefined => {
  const names = found.map(({ name }) => name);
  if (names.length > 1) problems.push(messages.severalColumns(file, what, names));
  return found[0];
};

/** Problems of the header go to `problems`. */
export const findColumns = (
  columns: readonly string[],
  space: ProfiledSpace | undefined,
  file: string,
  problems: Diagnostic[],
): Columns => {
  const latency = oneOf(timeColumns(columns, ['', 'latency']), 'the latency', file, problems);
  const reference = oneOf(timeColumns(columns, ['reference']), 'the latency of the reference', file, problems);
  const samples = columns.find((name) => wordsOf(name) === 'samples');
  const each = choiceColumns(columns, space?.choices);
  const missing = each?.flatMap((name, index) => (name === undefined ? [space?.choices[index]?.id ?? `choice${index}`] : [])) ?? [];
  if (missing.length > 0) problems.push(messages.choiceColumns(file, missing));
  const ways: readonly ArchitectureColumns[] = [
    ...columns.flatMap((name): readonly ArchitectureColumns[] => {
      const words = wordsOf(name);
      if (words === 'choices') return [{ kind: 'list', name }];
      return words === 'network' ? [{ kind: 'network', name }] : [];
    }),
    ...(each ? [{ kind: 'each', names: each.flatMap((name) => name ?? []) } as const] : []),
  ];
  const namesOf = (way: ArchitectureColumns) => (way.kind === 'each' ? way.names : [way.name]);
  if (ways.length === 0) problems.push(messages.noArchitecture(file));
  if (ways.length > 1) problems.push(messages.severalColumns(file, 'the network', ways.flatMap(namesOf)));
  const used = new Set([...ways.flatMap(namesOf), latency?.name, reference?.name, samples]);
  return { architecture: ways[0], latency, reference, samples, unused: columns.filter((name) => !used.has(name)) };
};
