// `nasc report`: the report of an earlier run, from its output folder.
import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatReport, readReport } from '@nasc/report';
import type { Arguments } from '../arguments/command.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { reportName } from '../library/write-outputs.ts';
import { findConfig } from '../library/load-config.ts';

/** The folder or file that is named; else the output folder of the config here, else `nasc-out`. */
const findReport = async (given: string | undefined, folder: string): Promise<string> => {
  if (given === undefined) {
    const loaded = await findConfig(undefined, folder);
    return loaded ? resolve(loaded.folder, loaded.config.outDir, reportName) : resolve(folder, 'nasc-out', reportName);
  }
  const place = resolve(folder, given);
  const isFile = await stat(place).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? place : join(place, reportName);
};

export const report = async (parsed: Arguments, io: Io): Promise<number> => {
  const file = await findReport(parsed.positionals[0], io.folder);
  const shown = relative(io.folder, file);
  const found = await readReport(file, shown.startsWith('..') ? file : shown);
  if (parsed.flag('json')) printJson(io.stdout, found);
  else printLine(io.stdout, formatReport(found));
  return 0;
};
