import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { KeptStates } from '@nasc/core';
import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';

describe('measure', () => {
  it('warms up until the speed settles and leaves the slow start out of the samples', async () => {
    let runs = 0;
    const time = (count: number) => {
      let ms = 0;
      for (let i = 0; i < count; i++, runs++) ms += runs < 40 ? 1 + (40 - runs) * 0.1 : 1;
      return ms;
    };
    const result = await measure(time, { sampleMs: 20, samples: 30 });
    expect(result.warmUp.agreed).toBe(true);
    expect(result.warmUp.runs).toBeGreaterThanOrEqual(40);
    expect(result.raw.every((ms) => Math.abs(ms - 1) < 1e-9)).toBe(true);
    expect(result).toMatchObject({ samples: 30, medianAbsoluteDeviation: expect.closeTo(0, 9), runsPerSample: 20 });
  });

  it('sizes a sample by its length: at least sampleMs of runs', async () => {
    const counts: number[] = [];
    const result = await measure(
      (count) => {
        counts.push(count);
        return count * 0.25;
      },
      { sampleMs: 100, samples: 3 },
    );
    expect(result.runsPerSample).toBe(400);
    expect(counts.slice(-3)).toEqual([400, 400, 400]);
    expect(result.median).toBeCloseTo(0.25, 12);
  });

  it('gives up warming up after warmUpMs and says so', async () => {
    let step = 0;
    const result = await measure((count) => count * (1 + (step++ % 10)), { sampleMs: 10, samples: 5, warmUpMs: 200 });
    expect(result.warmUp.agreed).toBe(false);
    expect(result.raw).toHaveLength(5);
  });

  it('stops when asked to', async () => {
    const controller = new AbortController();
    let calls = 0;
    const run = measure(
      () => {
        if (++calls === 3) controller.abort(new Error('stopped'));
        return 1;
      },
      { checkpoint: noCheckpoint(controller.signal) },
    );
    await expect(run).rejects.toThrow('stopped');
    expect(calls).toBe(3);
  });

  it('after an interruption warms up again and takes the samples that are missing, as long as the others', async () => {
    const kept: KeptStates = new Map();
    const speeds = { first: 0.25, second: 0.5 };
    const counts: number[] = [];
    const time = (ms: number) => (count: number) => {
      counts.push(count);
      return count * ms;
    };
    const options = { sampleMs: 100, samples: 6 };
    const stopped = measure(time(speeds.first), { ...options, checkpoint: memoryCheckpoint(kept, { stopAt: 21 }) });
    await expect(stopped).rejects.toThrow('stopped');
    const taken = counts.filter((count) => count === 400).length;
    expect(taken).toBeGreaterThan(0);

    counts.length = 0;
    const measured = await measure(time(speeds.second), { ...options, checkpoint: memoryCheckpoint(kept) });
    const { raw, runsPerSample, warmUp } = measured;
    expect(runsPerSample).toBe(400);
    expect(counts.filter((count) => count === 400)).toHaveLength(6 - taken);
    expect(raw).toEqual([...Array<number>(taken).fill(0.25), ...Array<number>(6 - taken).fill(0.5)]);
    expect(warmUp.runs).toBeGreaterThan(1);

    counts.length = 0;
    expect(await measure(time(1), { ...options, checkpoint: memoryCheckpoint(kept) })).toEqual(measured);
    expect(counts).toEqual([]);
  });
});
