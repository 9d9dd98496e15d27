// Progress on standard error: one line that is rewritten on a terminal, plain lines every few seconds elsewhere.
import type { PipelineListener, ProgressEvent } from '@nasc/core';
import { formatDiagnostic } from '@nasc/diagnostics';
import { formatDuration } from '@nasc/report';
import { printLine, useColour } from '../io.ts';
import type { Io } from '../io.ts';

export interface ProgressReporter {
  readonly listener: PipelineListener;
  /** A line of its own, above the progress line. */
  print(text: string): void;
  /** Removes the progress line. */
  finish(): void;
  /** The parts that were finished so far. */
  readonly finished: readonly string[];
}

const terminalIntervalMs = 100;
const plainIntervalMs = 5000;

/** `derive: retrain for cpu` */
const partName = ({ stage, part, target }: { readonly stage: string; readonly part: string; readonly target?: string }): string =>
  [part === stage ? stage : `${stage}: ${part}`, target && `for ${target}`].filter(Boolean).join(' ');

/** Estimates have no hundredths. */
const remaining = (ms: number): string => (ms < 59_000 ? `${Math.ceil(ms / 1000)} s` : formatDuration(ms));

const describe = ({ stage, pass, target, done, total, unit, message, remainingMs }: ProgressEvent): string => {
  const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : '';
  return [
    `${partName({ stage, part: pass, ...(target !== undefined && { target }) })}: ${done} of ${total} ${unit}${share}`,
    remainingMs !== undefined && done < total && `${remaining(remainingMs)} left`,
    message,
  ]
    .filter(Boolean)
    .join(', ');
};

/** `now` is a clock in ms. */
export const createProgressReporter = (io: Io, now: () => number = () => performance.now()): ProgressReporter => {
  const { stderr } = io;
  const terminal = stderr.isTTY === true && io.env['TERM'] !== 'dumb';
  const colour = useColour(io);
  const finished: string[] = [];
  let shown = false;
  // The first plain line waits too: what is done in less needs none.
  let last = terminal ? -Infinity : now();

  const clear = () => {
    if (shown) stderr.write('\r\u001B[2K');
    shown = false;
  };
  const print = (text: string) => {
    clear();
    printLine(stderr, text);
  };
  const onProgress = (event: ProgressEvent) => {
    const time = now();
    const complete = event.done >= event.total;
    if (time - last < (terminal ? terminalIntervalMs : plainIntervalMs) && !(terminal && complete)) return;
    last = time;
    const text = describe(event);
    if (!terminal) return print(text);
    const columns = stderr.columns ?? 80;
    stderr.write(`\r\u001B[2K${text.length < columns ? text : `${text.slice(0, columns - 4)}...`}`);
    shown = true;
  };

  const listener: PipelineListener = (name, event) => {
    if (name === 'progress') onProgress(event as ProgressEvent);
    if (name === 'diagnostic') print(formatDiagnostic(event as never, { colour }));
    if (name === 'stageEnd') {
      const { stage, part, target, cached, elapsedMs } = event as {
        stage: string;
        part: string;
        target?: string;
        cached: boolean;
        elapsedMs: number;
      };
      const label = partName({ stage, part, ...(target !== undefined && { target }) });
      finished.push(label);
      print(`${label}: ${cached ? 'from the store' : formatDuration(elapsedMs)}`);
      last = terminal ? -Infinity : now();
    }
  };
  return { listener, print, finish: clear, finished };
};
