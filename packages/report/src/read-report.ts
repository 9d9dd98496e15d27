// A stored report.json, checked against its schema.
import { readFile } from 'node:fs/promises';
import { parseJson, validateOptions } from '@nasc/config';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import type { Report } from './generated/report.ts';
import { reportSchema } from './generated/report-schema.ts';
import { messages } from './messages.ts';

/** `shown` is what messages name instead of the path. Errors: REPORT_NOT_FOUND, REPORT_UNREADABLE, REPORT_DAMAGED. */
export const readReport = async (file: string, shown: string = file): Promise<Report> => {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') throw new DiagnosticError([messages.notFound(shown)], { cause });
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.unreadable(shown, reason)], { cause });
  });
  try {
    return validateOptions(reportSchema, parseJson(text, shown), `${shown}#`) as unknown as Report;
  } catch (cause) {
    if (!(cause instanceof DiagnosticError)) throw cause;
    const [first, ...others] = cause.diagnostics;
    throw new DiagnosticError([messages.damaged(shown, first!.message, others.length)], { cause });
  }
};
