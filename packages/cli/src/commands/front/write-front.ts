// The files of a front: those that are named, else a plot and JSON in the output folder.
import { extname, join, resolve } from 'node:path';
import type { Config } from '@nasc/config';
import { withLock } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { replaceFiles, writeFileAtomically } from '@nasc/files';
import { frontChart, frontCsv, renderSvg } from '@nasc/report';
import type { FrontReport } from '@nasc/report';
import type { Arguments } from '../../arguments/command.ts';
import { messages } from '../../messages.ts';

const size = { width: 900, height: 560 };

/** By the end of a file's name. */
const formats: Readonly<Record<string, (front: FrontReport) => Promise<string>>> = {
  '.svg': (front) => renderSvg(frontChart(front), size),
  '.json': async (front) => `${JSON.stringify(front, undefined, 2)}\n`,
  '.csv': async (front) => frontCsv(front),
};

/** In the output folder. */
const presets = ['front.json', 'front.svg'];

/** The files of `--output`, absolute. Throws CLI_UNKNOWN_FORMAT. */
export const readOutputs = (parsed: Arguments, folder: string): readonly string[] => {
  const given = parsed.values('output');
  const unknown = given.filter((file) => !(extname(file) in formats));
  if (unknown.length > 0)
    throw new DiagnosticError(unknown.map((file) => messages.unknownFormat(`--output ${file}`, Object.keys(formats))));
  return given.map((file) => resolve(folder, file));
};

export interface FrontDestination {
  /** Of the config. */
  readonly folder: string;
  readonly config: Config;
  readonly signal: AbortSignal;
  report(diagnostic: Diagnostic): void;
}

/** Absolute paths of what was written. Errors: DISK_FULL, WRITE_FAILED. */
export const writeFront = async (
  front: FrontReport,
  outputs: readonly string[],
  { folder, config, signal, report }: FrontDestination,
): Promise<readonly string[]> => {
  const render = (file: string) => formats[extname(file)]!(front);
  if (outputs.length > 0) {
    for (const file of outputs) await writeFileAtomically(file, await render(file), 'the front');
    return outputs;
  }
  const outDir = resolve(folder, config.outDir);
  const files = new Map<string, string>();
  for (const name of presets) files.set(name, await render(name));
  // As runs that write there do.
  await withLock(join(outDir, '.nasc-lock'), { signal, report, wait: true }, () => replaceFiles(outDir, files, 'the front'));
  return presets.map((name) => join(outDir, name));
};
