// Progress on standard error: one line that is rewritten on a terminal, plain lines every few seconds elsewhere.
import type { CheckpointEvent, PipelineListener, ProgressEvent } from '@nasc/core';
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
  /** The pass of which unfinished work was stored last, and how far it was then. */
  readonly unfinished: Unfinished | undefined;
}

export interface Unfinished {
  readonly stage: string;
  readonly pass: string;
  readonly target?: string;
  /** Undefined where the pass had not reported any progress yet. */
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
}

const terminalIntervalMs = 100;
const plainIntervalMs = 5000;

/** `derive: retrain for cpu` */
const partName = ({ stage, part, target }: { readonly stage: string; readonly part: string; readonly target?: string }): string =>
  [part === stage ? stage : `${stage}: ${part}`, target && `for ${target}`].filter(Boolean).join(' ');

/** `derive: search for cpu at 600 of 2400 steps` */
export const describeUnfinished = ({ stage, pass, target, done, total, unit }: Unfinished): string =>
  partName({ stage, part: pass, ...(target !== undefined && { target }) }) + (done === undefined ? '' : ` at ${done} of ${total} ${unit}`);

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
  let reached: ProgressEvent | undefined;
  let unfinished: Unfinished | undefined;
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

  const onCheckpoint = ({ stage, pass, target, action }: CheckpointEvent) => {
    const same = (known: Unfinished | undefined) => known?.stage === stage && known.pass === pass && known.target === target;
    const { done, total, unit } = reached && same(reached) ? reached : {};
    // A pass goes on from several places when it has several pieces of work.
    if (action === 'resumed' && !same(unfinished))
      print(`${partName({ stage, part: pass, ...(target !== undefined && { target }) })}: goes on where it was interrupted`);
    unfinished = { stage, pass, ...(target !== undefined && { target }), ...(done !== undefined && { done, total, unit }) } as Unfinished;
  };

  const listener: PipelineListener = (name, event) => {
    if (name === 'checkpoint') onCheckpoint(event as CheckpointEvent);
    if (name === 'progress') {
      reached = event as ProgressEvent;
      onProgress(reached);
    }
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
      unfinished = undefined;
      print(`${label}: ${cached ? 'from the store' : formatDuration(elapsedMs)}`);
      last = terminal ? -Infinity : now();
    }
  };
  return {
    listener,
    print,
    finish: clear,
    finished,
    get unfinished() {
      return unfinished;
    },
  };
};
