import { describe, expect, test } from 'vitest';
import type { Io } from '../io.ts';
import { createProgressReporter, describeUnfinished } from './progress-reporter.ts';

/** A reporter whose clock is set by hand. */
const reporterOn = (terminal: boolean, columns = 80) => {
  let written = '';
  const clock = { ms: 0 };
  const io: Io = {
    stdout: { write: () => true },
    stderr: {
      isTTY: terminal,
      columns,
      write(text: string) {
        written += text;
        return true;
      },
    },
    env: {},
    folder: '/',
    onInterrupt: () => () => {},
    exit() {},
  };
  const reporter = createProgressReporter(io, () => clock.ms);
  const progress = (done: number, remainingMs?: number) =>
    reporter.listener('progress', {
      stage: 'train',
      pass: 'warm-up',
      done,
      total: 2400,
      unit: 'steps',
      message: 'loss 1.234',
      elapsedMs: 0,
      remainingMs,
    });
  const take = () => {
    const text = written;
    written = '';
    return text;
  };
  return { reporter, progress, clock, take };
};

describe('in a file or a log', () => {
  test('a plain line at most every five seconds, and one a part when it is done', () => {
    const { reporter, progress, clock, take } = reporterOn(false);
    progress(1, 100_000);
    clock.ms = 4999;
    progress(500, 90_000);
    expect(take()).toBe('');
    clock.ms = 5000;
    progress(600, 95_000);
    progress(601, 95_000);
    clock.ms = 10_000;
    progress(2399, 1400);
    expect(take()).toBe(
      'train: warm-up: 600 of 2400 steps (25 %), 1 min 35 s left, loss 1.234\ntrain: warm-up: 2399 of 2400 steps (99 %), 2 s left, loss 1.234\n',
    );
    reporter.listener('stageEnd', { stage: 'train', part: 'train', cached: false, elapsedMs: 12_340 });
    reporter.listener('stageEnd', { stage: 'derive', part: 'select', target: 'cpu', cached: true, elapsedMs: 1 });
    expect(take()).toBe('train: 12.3 s\nderive: select for cpu: from the store\n');
    expect(reporter.finished).toEqual(['train', 'derive: select for cpu']);
    reporter.finish();
    expect(take()).toBe('');
  });

  test('unfinished work: how far it was when it was stored, until its part is finished; that it goes on is said once', () => {
    const { reporter, progress, take } = reporterOn(false);
    const place = { stage: 'train', pass: 'warm-up' };
    reporter.listener('checkpoint', { ...place, action: 'resumed' });
    reporter.listener('checkpoint', { ...place, action: 'resumed' });
    expect(take()).toBe('train: warm-up: goes on where it was interrupted\n');
    expect(describeUnfinished(reporter.unfinished!)).toBe('train: warm-up');
    progress(600);
    reporter.listener('checkpoint', { ...place, action: 'stored' });
    progress(700);
    expect(describeUnfinished(reporter.unfinished!)).toBe('train: warm-up at 600 of 2400 steps');
    reporter.listener('checkpoint', { stage: 'derive', pass: 'search', target: 'cpu', action: 'stored' });
    expect(describeUnfinished(reporter.unfinished!)).toBe('derive: search for cpu');
    reporter.listener('stageEnd', { stage: 'derive', part: 'search', target: 'cpu', cached: false, elapsedMs: 1 });
    expect(reporter.unfinished).toBeUndefined();
  });

  test('a warning appears when it comes', () => {
    const { reporter, take } = reporterOn(false);
    reporter.listener('diagnostic', {
      code: 'ARTIFACT_DAMAGED',
      severity: 'warning',
      message: 'A stored artifact is damaged.',
      at: '.nasc/x',
    });
    expect(take()).toBe('warning ARTIFACT_DAMAGED: A stored artifact is damaged.\n  at .nasc/x\n');
  });
});

describe('on a terminal', () => {
  test('one line that is rewritten, never longer than the terminal, and removed at the end', () => {
    const { reporter, progress, clock, take } = reporterOn(true, 40);
    progress(600);
    expect(take()).toBe('\r\u001B[2Ktrain: warm-up: 600 of 2400 steps (2...');
    clock.ms = 99;
    progress(601);
    expect(take()).toBe('');
    clock.ms = 100;
    progress(602);
    expect(take()).toContain('602 of 2400');
    reporter.print('note');
    expect(take()).toBe('\r\u001B[2Knote\n');
    progress(2400);
    expect(take()).toContain('2400 of 2400');
    reporter.finish();
    expect(take()).toBe('\r\u001B[2K');
  });
});
