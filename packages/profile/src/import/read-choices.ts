// The network of a row: an index of a candidate per choice, whatever way it is written in.
import type { ProfiledSpace } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import type { ArchitectureColumns } from './find-columns.ts';
import { importMessages as messages } from './messages.ts';
import type { RawRecord } from './read-records.ts';

/** A candidate as a row has it: index or name. */
export type Label = string | number;

/** Each with the column that it stands in. */
export type Labels = readonly { readonly column: string; readonly label: Label }[];

const isIndex = (label: Label): boolean => (typeof label === 'number' ? Number.isInteger(label) && label >= 0 : /^\d+$/.test(label));

const isLabel = (value: unknown): value is Label => typeof value === 'number' || (typeof value === 'string' && value !== '');

const splitList = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (value.startsWith('[')) {
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  // Names of candidates may hold a dash; it separates where nothing else does.
  const parts = value.split(/[\s,;]+/).filter(Boolean);
  return parts.length === 1 ? value.split('-').filter(Boolean) : parts;
};

/** Undefined where the row does not say it; that is a problem. */
export const readLabels = (
  { at, cells }: RawRecord,
  columns: Exclude<ArchitectureColumns, { readonly kind: 'network' }>,
  problems: Diagnostic[],
): Labels | undefined => {
  if (columns.kind === 'list') {
    const list = splitList(cells[columns.name]);
    if (Array.isArray(list) && list.length > 0 && list.every(isLabel)) return list.map((label) => ({ column: columns.name, label }));
    problems.push(messages.notChoices(at, columns.name, cells[columns.name]));
    return undefined;
  }
  const labels = columns.names.map((column) => ({ column, label: cells[column] }));
  const wrong = labels.filter(({ label }) => !isLabel(label));
  problems.push(...wrong.map(({ column, label }) => messages.notChoices(at, column, label)));
  return wrong.length === 0 ? (labels as Labels) : undefined;
};

/** Names come first: a candidate may be called by a number. */
export const findCandidates = (labels: Labels, space: ProfiledSpace, at: string, problems: Diagnostic[]): readonly number[] | undefined => {
  const { name, choices } = space;
  if (labels.length !== choices.length) {
    problems.push(messages.choiceCount(at, labels.length, choices.length, name));
    return undefined;
  }
  const found = labels.map(({ column, label }, choice) => {
    const { id, candidates } = choices[choice]!;
    const names = candidates.map((candidate) => candidate.name);
    const named = names.indexOf(String(label));
    const index = named < 0 && isIndex(label) ? Number(label) : named;
    if (index >= 0 && index < names.length) return index;
    problems.push(messages.noCandidate(at, column, label, id, names));
    return -1;
  });
  return found.includes(-1) ? undefined : found;
};

/** What rows alone say of a space. Where all are indices there are as many candidates as the largest says; else those that are named. */
export const inferSpace = (rows: readonly Labels[], name: string, ids: readonly string[]): ProfiledSpace => {
  const indices = rows.every((row) => row.every(({ label }) => isIndex(label)));
  const choices = ids.map((id, choice) => {
    const labels = rows.map((row) => row[choice]!.label);
    const names = indices
      ? Array.from({ length: labels.reduce<number>((most, label) => Math.max(most, Number(label)), 0) + 1 }, (_, index) => String(index))
      : [...new Set(labels.map(String))].toSorted();
    return { id, candidates: names.map((candidate) => ({ name: candidate })) };
  });
  return { name, choices, fixed: [], networks: [] };
};
