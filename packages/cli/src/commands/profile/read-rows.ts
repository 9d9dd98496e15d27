// A file of networks and latencies on the command line.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DiagnosticError, formatDiagnostics, readFailure } from '@nasc/diagnostics';
import { importMessages, readMeasurements } from '@nasc/profile';
import type { ImportedRows, ReadingOptions } from '@nasc/profile';
import { printLine, useColour } from '../../io.ts';
import type { Io } from '../../io.ts';

/** Prints what does not stop the command to standard error. */
export const readRows = async (file: string, options: ReadingOptions, io: Io): Promise<ImportedRows> => {
  let text: string;
  try {
    text = await readFile(resolve(io.folder, file), 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([importMessages.unreadable(file, reason)], { cause });
  }
  const read = readMeasurements(text, file, options);
  if (read.notices.length > 0) printLine(io.stderr, formatDiagnostics(read.notices, { colour: useColour(io) }));
  return read;
};
