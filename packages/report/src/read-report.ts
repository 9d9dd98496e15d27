// A stored report.json, checked against its schema.
import { readFile } from 'node:fs/promises';
import { parseJson, validateOptions } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Report } from './generated/report.ts';
import { reportSchema } from './generated/report-schema.ts';
import { messages } from './messages.ts';

/** `shown` is what messages name instead of the path. Throws REPORT_NOT_FOUND, or what is wrong with its content. */
export const readReport = async (file: string, shown: string = file): Promise<Report> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DiagnosticError([messages.notFound(shown)], { cause });
    throw cause;
  }
  return validateOptions(reportSchema, parseJson(text, shown), `${shown}#`) as unknown as Report;
};
