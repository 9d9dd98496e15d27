// Networks and latencies from any tool: CSV, JSON or JSON lines.
import { basename, extname } from 'node:path';
import type { ProfiledSpace } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { findColumns } from './find-columns.ts';
import type { ArchitectureColumns, TimeColumn } from './find-columns.ts';
import { importMessages as messages } from './messages.ts';
import { findCandidates, inferSpace, readLabels } from './read-choices.ts';
import { readRecords } from './read-records.ts';
import type { RawRecord } from './read-records.ts';

export interface ImportedRow {
  readonly at: string;
  readonly choices: readonly number[];
  /** Absent where the row has none, and none is needed. */
  readonly ms?: number;
  readonly referenceMs?: number;
  readonly samples?: number;
}

export interface ReadingOptions {
  /** Networks are of this space; where it is absent, of one that the rows tell. */
  readonly space?: ProfiledSpace | undefined;
  /** Whether every row has to have a latency. */
  readonly needsLatency: boolean;
  /** Candidates of what the column `network` names, or why there are none. */
  readonly findNetwork?: (network: string) => readonly number[] | string;
}

export interface ImportedRows {
  readonly space: ProfiledSpace;
  readonly rows: readonly ImportedRow[];
  /** What does not stop anything. */
  readonly notices: readonly Diagnostic[];
}

/** Of a long file the first ones are enough. */
const shownProblems = 10;

const throwProblems = (problems: readonly Diagnostic[], file: string): void => {
  if (problems.length === 0) return;
  const more = problems.length - shownProblems;
  throw new DiagnosticError([...problems.slice(0, shownProblems), ...(more > 0 ? [messages.more(file, more)] : [])]);
};

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

const readPositive = (
  { at, cells }: RawRecord,
  column: string,
  isNeeded: boolean,
  whole: boolean,
  problems: Diagnostic[],
): number | undefined => {
  const value = cells[column];
  if (isEmpty(value) && !isNeeded) return undefined;
  const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;
  if (number > 0 && Number.isFinite(number) && (!whole || Number.isInteger(number))) return number;
  problems.push(messages.notANumber(at, column, value, whole ? 'a whole number above 0' : 'a number above 0'));
  return undefined;
};

const readMs = (record: RawRecord, column: TimeColumn | undefined, isNeeded: boolean, problems: Diagnostic[]): number | undefined => {
  const value = column && readPositive(record, column.name, isNeeded, false, problems);
  return value === undefined ? undefined : value * column!.unitMs;
};

interface Network {
  readonly record: RawRecord;
  readonly choices: readonly number[];
}

const namedNetworks = (
  records: readonly RawRecord[],
  column: string,
  space: ProfiledSpace,
  findNetwork: NonNullable<ReadingOptions['findNetwork']>,
  problems: Diagnostic[],
): readonly Network[] => {
  const known = new Map<string, readonly number[] | string>();
  return records.flatMap((record) => {
    const name = record.cells[column];
    if (typeof name !== 'string' || name === '') {
      problems.push(messages.notInSpace(record.at, String(name ?? ''), space.name, 'it is not a name or a file'));
      return [];
    }
    const found = known.get(name) ?? findNetwork(name);
    known.set(name, found);
    if (typeof found !== 'string') return [{ record, choices: found }];
    problems.push(messages.notInSpace(record.at, name, space.name, found));
    return [];
  });
};

const listedNetworks = (
  records: readonly RawRecord[],
  columns: Exclude<ArchitectureColumns, { readonly kind: 'network' }>,
  given: ProfiledSpace | undefined,
  name: string,
  problems: Diagnostic[],
): { readonly space: ProfiledSpace; readonly networks: readonly Network[] } => {
  const read = records.flatMap((record) => {
    const labels = readLabels(record, columns, problems);
    return labels ? [{ record, labels }] : [];
  });
  const expected = read[0]?.labels.length ?? 0;
  const fitting = given ? read : read.filter(({ labels }) => labels.length === expected);
  if (!given)
    for (const { record, labels } of read)
      if (labels.length !== expected) problems.push(messages.choiceCount(record.at, labels.length, expected, undefined));
  const ids = columns.kind === 'each' ? columns.names : Array.from({ length: expected }, (_, index) => `choice${index}`);
  const space =
    given ??
    inferSpace(
      fitting.map(({ labels }) => labels),
      name,
      ids,
    );
  const networks = fitting.flatMap(({ record, labels }) => {
    const choices = findCandidates(labels, space, record.at, problems);
    return choices ? [{ record, choices }] : [];
  });
  return { space, networks };
};

/** `file` names the format and places. Throws every PROFILE_IMPORT_... problem of the file, the first ten in words. */
export const readMeasurements = (text: string, file: string, { space: given, needsLatency, findNetwork }: ReadingOptions): ImportedRows => {
  const problems: Diagnostic[] = [];
  const { columns: names, records } = readRecords(text, file, problems);
  if (records.length === 0 && problems.length === 0) problems.push(messages.empty(file));
  if (records.length === 0) throwProblems(problems, file);
  const columns = findColumns(names, given, file, problems);
  const { architecture, latency, reference, samples, unused } = columns;
  if (needsLatency && !latency) problems.push(messages.noLatency(file));
  if (architecture?.kind === 'network' && !(given && findNetwork)) problems.push(messages.networkNeedsSpace(file));
  // Without its columns a file has one problem, not one a row.
  if (problems.some(({ code }) => code === 'PROFILE_IMPORT_COLUMN' || code === 'PROFILE_IMPORT_SPACE')) throwProblems(problems, file);
  const name = basename(file, extname(file));
  const { space, networks } =
    architecture!.kind === 'network'
      ? { space: given!, networks: namedNetworks(records, architecture!.name, given!, findNetwork!, problems) }
      : listedNetworks(records, architecture!, given, name, problems);
  const choicesOf = new Map(networks.map(({ record, choices }) => [record, choices]));
  const rows = records.map((record): ImportedRow => {
    const ms = readMs(record, latency, needsLatency, problems);
    const referenceMs = readMs(record, reference, false, problems);
    const count = samples === undefined ? undefined : readPositive(record, samples, false, true, problems);
    return {
      at: record.at,
      choices: choicesOf.get(record) ?? [],
      ...(ms !== undefined && { ms }),
      ...(referenceMs !== undefined && { referenceMs }),
      ...(count !== undefined && { samples: count }),
    };
  });
  throwProblems(problems, file);
  return {
    space,
    rows,
    notices: [
      ...(given
        ? []
        : [
            messages.spaceInferred(
              file,
              space.choices.map(({ candidates }) => candidates.length),
            ),
          ]),
      ...(unused.length > 0 ? [messages.unusedColumns(file, unused)] : []),
    ],
  };
};
