import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measurePeak, startPeakMeter } from './measure-peak.ts';
import { hostVectorWidths } from './vector-width.ts';

test.each(hostVectorWidths())('every width of this machine has a peak, on one thread and on several: %s', async (width) => {
  for (const threads of [1, 3]) {
    const { gigaflops } = await measurePeak({ threads, width, cacheFolder: join(tmpdir(), 'nasc-peak-test') });
    expect(gigaflops).toBeGreaterThan(0);
    expect(gigaflops).toBeLessThan(1e6);
  }
});

test('a meter answers as often as it is asked', async () => {
  const meter = await startPeakMeter({ threads: 2, cacheFolder: join(tmpdir(), 'nasc-peak-test') });
  try {
    for (const rounds of [1, 3]) expect(await meter.gigaflops(rounds)).toBeGreaterThan(0);
  } finally {
    meter.dispose();
  }
});
