// `nasc estimate`: what a run would take, before it begins.
import { DiagnosticError } from '@nasc/diagnostics';
import type { EstimatedPart } from '@nasc/core';
import { formatBytes, formatDuration, formatTable } from '@nasc/report';
import type { Arguments } from '../arguments/command.ts';
import { readDataDir } from '../arguments/data-dir.ts';
import { readNumber } from '../arguments/read-number.ts';
import { readOverrides } from '../arguments/overrides.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createPipeline } from '../library/create-pipeline.ts';
import { loadConfig } from '../library/load-config.ts';
import { createInterrupt, interruptedCode } from '../progress/interrupt.ts';
import { createProgressReporter } from '../progress/progress-reporter.ts';

interface Estimate {
  readonly parts: readonly EstimatedPart[];
  readonly totalMs: number;
  /** Of the part that holds most; null where the engine leaves memory to a library. */
  readonly memoryBytes: number | null;
  /** Null without a price of an hour. */
  readonly price: number | null;
}

const hourMs = 3_600_000;
const defaultSeconds = 5;

/** Long estimates are not known to the second. */
const duration = (ms: number): string => (ms < 48 * hourMs ? formatDuration(ms) : `${(ms / hourMs).toFixed(0)} h`);

const outcomeOf = ({ outcome, work }: EstimatedPart): string => {
  if (outcome === 'stored') return 'from the store';
  return outcome === 'projected' && work ? `projected from ${work.done} of ${work.total} ${work.unit}` : 'measured to its end';
};

const printEstimate = ({ parts, totalMs, memoryBytes, price }: Estimate): string => {
  const rows = parts.map((part) => [
    part.part === part.stage ? part.stage : `${part.stage}: ${part.part}`,
    part.target ?? '',
    duration(part.ms),
    part.memoryBytes === undefined ? '' : formatBytes(part.memoryBytes),
    outcomeOf(part),
  ]);
  const total = [
    'total',
    '',
    duration(totalMs),
    memoryBytes === null ? '' : formatBytes(memoryBytes),
    price === null ? '' : `costs ${price.toFixed(2)}`,
  ];
  return formatTable([['stage', 'for', 'time', 'memory', ''], ...rows, total], ['left', 'left', 'right', 'right', 'left']).join('\n');
};

export const estimate = async (parsed: Arguments, io: Io): Promise<number> => {
  const measureMs = 1000 * (readNumber(parsed, 'seconds') ?? defaultSeconds);
  const pricePerHour = readNumber(parsed, 'price');
  const { config, folder, locate } = await loadConfig(parsed.positionals[0], { folder: io.folder, overrides: readOverrides(parsed) });
  const progress = createProgressReporter(io);
  const pipeline = createPipeline(config, { folder, locate, listener: progress.listener, ...(await readDataDir(parsed, io)) });
  const interrupt = createInterrupt(io, () => progress.print('Stopping. Press Ctrl-C again to stop at once.'));
  try {
    const parts = await pipeline.estimate({ measureMs, signal: interrupt.signal });
    progress.finish();
    const totalMs = parts.reduce((sum, { ms }) => sum + ms, 0);
    const held = parts.flatMap(({ memoryBytes }) => memoryBytes ?? []);
    const found: Estimate = {
      parts,
      totalMs,
      memoryBytes: held.length > 0 ? Math.max(...held) : null,
      price: pricePerHour === undefined ? null : (pricePerHour * totalMs) / hourMs,
    };
    if (parsed.flag('json')) printJson(io.stdout, found);
    else printLine(io.stdout, printEstimate(found));
    return 0;
  } catch (error) {
    progress.finish();
    if (!interrupt.signal.aborted || error instanceof DiagnosticError) throw error;
    return interruptedCode;
  } finally {
    interrupt.dispose();
  }
};
