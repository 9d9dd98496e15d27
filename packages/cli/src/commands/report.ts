// `nasc report`: earlier runs, from their output folders: as text, as a page, as tables, or for TensorBoard.
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { openArtifactStore } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { replaceFiles, writeFileAtomically } from '@nasc/files';
import { formatReport, readReport } from '@nasc/report';
import type { Report } from '@nasc/report';
import type { RunView } from '@nasc/view';
import type { Arguments } from '../arguments/command.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { messages } from '../messages.ts';
import { reportName } from '../library/write-outputs.ts';
import { findConfig } from '../library/load-config.ts';

interface Found {
  readonly file: string;
  /** As the user knows it. */
  readonly shown: string;
  readonly report: Report;
}

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

/** Where the artifacts of a run are: the `cacheDir` of the config that wrote there, else `.nasc` beside the output folder. */
const storeFolder = async (file: string, folder: string): Promise<string> => {
  const outDir = dirname(file);
  for (const place of [folder, dirname(outDir)]) {
    const loaded = await findConfig(undefined, place);
    if (loaded && resolve(loaded.folder, loaded.config.outDir) === outDir) return resolve(loaded.folder, loaded.config.cacheDir);
  }
  return join(dirname(outDir), '.nasc');
};

const viewOf = async ({ file, shown, report }: Found, folder: string): Promise<RunView> => {
  const { viewRun } = await import('@nasc/view');
  const name = basename(shown) === reportName ? dirname(shown) : shown;
  return viewRun(name === '.' ? basename(folder) : name, report, openArtifactStore(await storeFolder(file, folder)));
};

type Write = (runs: readonly RunView[]) => Promise<string>;

/** What the options ask to be written; each says where it did. */
const writersOf = (parsed: Arguments, folder: string): readonly Write[] => {
  const [output, csv, tensorboard] = ['output', 'csv', 'tensorboard'].map((name) => parsed.value(name));
  const writers: Write[] = [];
  if (output !== undefined) {
    const format = extname(output).toLowerCase();
    if (format !== '.html' && format !== '.json') throw new DiagnosticError([messages.reportFormat(output)]);
    writers.push(async (runs) => {
      const { reportPage } = await import('@nasc/view');
      const content = format === '.html' ? await reportPage(runs) : `${JSON.stringify(runs, undefined, 2)}\n`;
      await writeFileAtomically(resolve(folder, output), content, 'the report');
      return output;
    });
  }
  if (csv !== undefined)
    writers.push(async (runs) => {
      const { csvFiles } = await import('@nasc/view');
      await replaceFiles(resolve(folder, csv), csvFiles(runs), 'the tables of the report');
      return csv;
    });
  if (tensorboard !== undefined)
    writers.push(async (runs) => {
      const { tensorboardFiles } = await import('@nasc/view');
      await replaceFiles(resolve(folder, tensorboard), tensorboardFiles(runs, Date.now() / 1000), 'the event files');
      return tensorboard;
    });
  return writers;
};

export const report = async (parsed: Arguments, io: Io): Promise<number> => {
  const writers = writersOf(parsed, io.folder);
  const places = parsed.positionals.length > 0 ? parsed.positionals : [undefined];
  const found: Found[] = [];
  for (const place of places) {
    const file = await findReport(place, io.folder);
    const near = relative(io.folder, file);
    const shown = near.startsWith('..') ? file : near;
    found.push({ file, shown, report: await readReport(file, shown) });
  }
  if (writers.length > 0) {
    const runs: RunView[] = [];
    for (const one of found) runs.push(await viewOf(one, io.folder));
    for (const write of writers) printLine(io.stdout, `written to ${await write(runs)}`);
  } else if (parsed.flag('json')) printJson(io.stdout, found.length === 1 ? found[0]!.report : found.map((one) => one.report));
  else if (found.length === 1) printLine(io.stdout, formatReport(found[0]!.report));
  else {
    const { comparisonText } = await import('@nasc/view');
    printLine(io.stdout, comparisonText(await Promise.all(found.map((one) => viewOf(one, io.folder)))));
  }
  return 0;
};
