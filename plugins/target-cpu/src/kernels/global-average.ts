// Mean over all pixels, vectors over channels.
import { definePattern } from '@nasc/ir';
import { tailOf, vectorsOf } from './pack.ts';

export const globalAveragePattern = definePattern({
  name: 'global-average',
  doc: 'y[c] = mean over pixels of x[., c].',
  chain: [['globalAvgPool']],
  lower: {
    c: {
      specialise({ nodes }, { lanes }) {
        const [height, width, channels] = nodes[0]!.inputs[0]!.shape as [number, number, number];
        const name = `global_average_${height}x${width}x${channels}`;
        const tail = tailOf(channels, lanes);
        const full = tail < lanes ? vectorsOf(channels, lanes) - 1 : vectorsOf(channels, lanes);
        const call = (size: number | string, at: string) =>
          `nasc_global_average(${height * width}, ${channels}, ${size}, input + ${at}, output + ${at});`;
        return {
          name,
          headers: ['inference-pool.h'],
          source: `NASC_NOINLINE void ${name}(float *output, const float *input) {
  for (int c = 0; c < ${full * lanes}; c += NASC_LANES) ${call('NASC_LANES', 'c')}${tail < lanes ? `\n  ${call(tail, String(full * lanes))}` : ''}
}`,
          weightElements: 0,
          scratchElements: 0,
          pack: () => new Float32Array(0),
        };
      },
    },
  },
  examples: [],
});
