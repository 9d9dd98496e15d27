// Records of a file: CSV with a header, a JSON array of objects (.json), or a JSON object a line (.jsonl, .ndjson).
import { extname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { Diagnostic } from '@nasc/diagnostics';
import { DiagnosticError } from '@nasc/diagnostics';
import { importMessages as messages } from './messages.ts';

export interface RawRecord {
  /** `file:line`, or `file#/index` of a JSON array. */
  readonly at: string;
  /** By column; text, or what JSON holds. */
  readonly cells: Readonly<Record<string, unknown>>;
}

export interface Records {
  /** In the order in which they appear first. */
  readonly columns: readonly string[];
  readonly records: readonly RawRecord[];
}

interface CsvLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const parseCsv = (text: string, file: string): readonly CsvLine[] => {
  try {
    return parse(text, {
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as readonly CsvLine[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { readonly lines?: number };
    throw new DiagnosticError([messages.malformed(lines === undefined ? file : `${file}:${lines}`, error.message.replace(/\.$/, ''))], {
      cause: error,
    });
  }
};

const readCsv = (text: string, file: string, problems: Diagnostic[]): Records => {
  const [header, ...lines] = parseCsv(text, file);
  const columns = header?.record ?? [];
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new DiagnosticError([messages.columnTwice(file, twice)]);
  const records = lines.flatMap(({ record, info }): readonly RawRecord[] => {
    const at = `${file}:${info.lines}`;
    if (record.length === columns.length)
      return [{ at, cells: Object.fromEntries(columns.map((column, index) => [column, record[index]])) }];
    problems.push(messages.columnCount(at, record.length, columns.length));
    return [];
  });
  return { columns, records };
};

const parseValue = (text: string, at: string, problems: Diagnostic[]): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.push(messages.malformed(at, `it is not JSON: ${(error as Error).message}`));
    return undefined;
  }
};

const fromValues = (values: readonly { readonly at: string; readonly value: unknown }[], problems: Diagnostic[]): Records => {
  const records = values.flatMap(({ at, value }): readonly RawRecord[] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [{ at, cells: { ...value } }];
    problems.push(messages.malformed(at, 'a measurement has to be an object'));
    return [];
  });
  return { columns: [...new Set(records.flatMap(({ cells }) => Object.keys(cells)))], records };
};

const readJson = (text: string, file: string, problems: Diagnostic[]): Records => {
  const value = parseValue(text, file, problems);
  if (value === undefined) return { columns: [], records: [] };
  if (!Array.isArray(value)) throw new DiagnosticError([messages.malformed(file, 'it has to be an array of objects')]);
  return fromValues(
    value.map((one: unknown, index) => ({ at: `${file}#/${index}`, value: one })),
    problems,
  );
};

const readJsonLines = (text: string, file: string, problems: Diagnostic[]): Records => {
  const values = text.split('\n').flatMap((line, index) => {
    const at = `${file}:${index + 1}`;
    const value = line.trim() === '' ? undefined : parseValue(line, at, problems);
    return value === undefined ? [] : [{ at, value }];
  });
  return fromValues(values, problems);
};

/** What is wrong with single records goes to `problems`. Throws PROFILE_IMPORT_MALFORMED and PROFILE_IMPORT_COLUMN. */
export const readRecords = (text: string, file: string, problems: Diagnostic[]): Records => {
  const kind = extname(file).toLowerCase();
  const plain = text.replace(/^\uFEFF/, '');
  if (kind === '.json') return readJson(plain, file, problems);
  return kind === '.jsonl' || kind === '.ndjson' ? readJsonLines(plain, file, problems) : readCsv(text, file, problems);
};
