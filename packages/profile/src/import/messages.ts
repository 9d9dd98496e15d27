// What is told of measurements that come from elsewhere. Codes are permanent.
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const shown = (value: unknown): string => {
  if (value === undefined || value === '') return 'empty';
  return JSON.stringify(value);
};

export const importMessages = {
  unreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_UNREADABLE', `The measurements "${file}" cannot be read: ${reason}.`, {
      hint: 'Correct the path, or the rights of the file.',
    }),

  malformed: (at: string, problem: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_MALFORMED', `This cannot be read as measurements: ${problem}.`, {
      at,
      hint: 'A file is CSV with a header, a JSON array of objects (.json), or one JSON object a line (.jsonl).',
    }),

  columnCount: (at: string, found: number, expected: number): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_MALFORMED', `This row has ${found} values, and the header ${expected} columns.`, {
      at,
      hint: 'Put a value that holds commas in quotes: "1,0,3".',
    }),

  columnTwice: (at: string, column: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_COLUMN', `Two columns are called "${column}".`, { at, hint: 'Give each column a name of its own.' }),

  empty: (at: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_EMPTY', 'There are no measurements in this file.', {
      at,
      hint: 'Write one network a row, under a header: choices,ms.',
    }),

  noLatency: (at: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_COLUMN', 'No column holds the latency.', {
      at,
      hint: 'Call it ms, us or s, or latency_ms, latency_us or latency_s (latencyMs, ... are the same).',
    }),

  severalColumns: (at: string, what: string, columns: readonly string[]): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_COLUMN', `Several columns hold ${what}: ${columns.join(', ')}.`, { at, hint: 'Leave one of them.' }),

  noArchitecture: (at: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_COLUMN', 'No column says which network a row is.', {
      at,
      hint: 'Give a column `choices`, one column a choice (its id, or choice0, choice1, ...), or a column `network`.',
    }),

  choiceColumns: (at: string, missing: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'PROFILE_IMPORT_COLUMN',
      `There is no column for ${missing.length === 1 ? 'the choice' : 'the choices'} ${missing.join(', ')}.`,
      {
        at,
        hint: 'Where choices have columns of their own, every choice needs one.',
      },
    ),

  networkNeedsSpace: (at: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_SPACE', 'What the column "network" names can be looked up in a known search space alone.', {
      at,
      hint: 'Give --space.',
    }),

  notANumber: (at: string, column: string, value: unknown, expected: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_VALUE', `Column "${column}" has to be ${expected}, and is ${shown(value)}.`, {
      at,
      hint: 'Write digits with a point: 12.75. Leave rows out that were not measured.',
    }),

  notChoices: (at: string, column: string, value: unknown): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_CHOICES', `Column "${column}" has to list candidates, and is ${shown(value)}.`, {
      at,
      hint: 'Write one index or name a choice: "1 0 3", "1,0,3", "1-0-3" or [1, 0, 3].',
    }),

  choiceCount: (at: string, found: number, expected: number, space: string | undefined): Diagnostic =>
    errorDiagnostic(
      'PROFILE_IMPORT_CHOICES',
      `This network has ${found} candidates, and ${space === undefined ? 'the first one' : `"${space}"`} has ${expected}${space === undefined ? '' : ' choices'}.`,
      { at, hint: 'Write one candidate for each choice.' },
    ),

  noCandidate: (at: string, column: string, value: unknown, choice: string, candidates: readonly string[]): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_CANDIDATE', `Column "${column}": choice "${choice}" has no candidate ${shown(value)}.`, {
      at,
      hint: `Candidates: ${candidates.map((name, index) => (name === String(index) ? name : `${index} ${name}`)).join(', ')}.`,
    }),

  notInSpace: (at: string, network: string, space: string, problem: string): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_NETWORK', `"${network}" is no network of the space "${space}": ${problem}.`, {
      at,
      hint: 'Name a file (net.config, architecture, report.json), or a space in which all is chosen, of the same blocks.',
    }),

  more: (at: string, count: number): Diagnostic =>
    errorDiagnostic('PROFILE_IMPORT_MORE', `And ${count} more ${count === 1 ? 'problem' : 'problems'} like these.`, {
      at,
      hint: 'Mend those that are shown first.',
    }),

  spaceInferred: (at: string, counts: readonly number[]): Diagnostic =>
    warningDiagnostic(
      'PROFILE_IMPORT_SPACE_INFERRED',
      `The search space is known by what the rows hold alone: ${counts.length} choices of ${counts.join(', ')} candidates.`,
      { at, hint: 'A candidate that no row has is not counted. Give --space, and the profile serves that space with all its candidates.' },
    ),

  unusedColumns: (at: string, columns: readonly string[]): Diagnostic =>
    warningDiagnostic(
      'PROFILE_IMPORT_UNUSED',
      `Nothing is read from ${columns.length === 1 ? 'the column' : 'the columns'} ${columns.join(', ')}.`,
      {
        at,
        hint: 'Columns that are read: the latency, choices or network, reference_ms, samples.',
      },
    ),
} as const;
