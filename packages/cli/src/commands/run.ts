// `nasc run`: the pipeline from a config, with progress, Ctrl-C and the table at the end.
import { relative } from 'node:path';
import { stageNames } from '@nasc/core';
import type { RunOptions, StageName } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { formatReport, formatStages } from '@nasc/report';
import type { Arguments } from '../arguments/command.ts';
import { readDataDir } from '../arguments/data-dir.ts';
import { readOverrides } from '../arguments/overrides.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createPipeline } from '../library/create-pipeline.ts';
import type { PartialNascResult } from '../library/create-pipeline.ts';
import { reportName } from '../library/write-outputs.ts';
import { messages } from '../messages.ts';
import { createInterrupt, interruptedCode } from '../progress/interrupt.ts';
import { createProgressReporter, describeUnfinished } from '../progress/progress-reporter.ts';
import type { ProgressReporter } from '../progress/progress-reporter.ts';
import { loadConfig } from '../library/load-config.ts';
import { checkPassNames, printAfterPlugin } from './print-after.ts';

const readStages = (parsed: Arguments): Pick<RunOptions, 'from' | 'to'> => {
  const known: readonly string[] = stageNames;
  const given = (['from', 'to'] as const).flatMap((option) => {
    const value = parsed.value(option);
    return value === undefined ? [] : [{ option, value }];
  });
  const unknown = given.filter(({ value }) => !known.includes(value));
  if (unknown.length > 0)
    throw new DiagnosticError(unknown.map(({ option, value }) => messages.unknownChoice(`--${option}`, 'stage', value, known)));
  const stages: { from?: StageName; to?: StageName } = Object.fromEntries(given.map(({ option, value }) => [option, value as StageName]));
  if (stages.from && stages.to && known.indexOf(stages.from) > known.indexOf(stages.to)) {
    throw new DiagnosticError([messages.stagesReversed(stages.from, stages.to)]);
  }
  return stages;
};

const printResult = (result: PartialNascResult, json: boolean, io: Io): void => {
  const { report, outDir, timings, hashes } = result;
  if (json) return printJson(io.stdout, report ?? { timings, hashes });
  if (report && outDir) {
    printLine(io.stdout, formatReport(report));
    printLine(
      io.stdout,
      `\nwritten to ${relative(io.folder, outDir) || '.'}: ${[...report.networks.map(({ name }) => `${name}/`), reportName].join(', ')}`,
    );
    return;
  }
  const stages = timings.map(({ stage, part, target, cached, elapsedMs }) => ({
    stage,
    part,
    target: target ?? null,
    cached,
    ms: elapsedMs,
  }));
  printLine(io.stdout, formatStages({ stages, totalMs: stages.reduce((sum, { ms }) => sum + ms, 0) }));
  printLine(
    io.stdout,
    `\n${Object.entries(hashes)
      .map(([kind, hash]) => `${kind} ${hash}`)
      .join('\n')}\n\nnasc inspect HASH shows one of these.`,
  );
};

/** After Ctrl-C: what the same command will not do again. */
const printStopped = ({ finished, unfinished }: ProgressReporter, cacheDir: string, json: boolean, io: Io): void => {
  if (json) printJson(io.stdout, { stopped: { cacheDir, finished, unfinished: unfinished ?? null } });
  const kept = [...finished, ...(unfinished ? [describeUnfinished(unfinished)] : [])];
  const what = kept.length > 0 ? `Kept in ${cacheDir}: ${kept.join('; ')}.` : 'No stage was finished.';
  printLine(io.stderr, `Stopped. ${what}\nThe same command goes on from there.`);
};

export const run = async (parsed: Arguments, io: Io): Promise<number> => {
  const stages = readStages(parsed);
  const { config, folder, locate } = await loadConfig(parsed.positionals[0], { folder: io.folder, overrides: readOverrides(parsed) });
  const progress = createProgressReporter(io);
  const watched = parsed.values('print-after');
  const options = { folder, locate, listener: progress.listener, ...(await readDataDir(parsed, io)) };
  if (watched.length > 0) checkPassNames(watched, await createPipeline(config, options).passes());
  const plugins = watched.length > 0 ? [printAfterPlugin(watched, progress.print)] : [];
  const pipeline = createPipeline(config, { ...options, plugins });

  const interrupt = createInterrupt(io, () => progress.print('Stopping. Press Ctrl-C again to stop at once.'));
  try {
    const result = await pipeline.run({ ...stages, wait: parsed.flag('wait'), signal: interrupt.signal });
    progress.finish();
    printResult(result, parsed.flag('json'), io);
    return 0;
  } catch (error) {
    progress.finish();
    if (!interrupt.signal.aborted || error instanceof DiagnosticError) throw error;
    printStopped(progress, config.cacheDir, parsed.flag('json'), io);
    return interruptedCode;
  } finally {
    interrupt.dispose();
  }
};
