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
        const vectors = vectorsOf(channels, lanes);
        const call = (size: number | string, at: string) =>
          `nasc_global_average(${height * width}, ${channels}, ${size}, input + ${at}, output + ${at});`;
        const body =
          tail < lanes
            ? `for (int v = first; v < nasc_least(last, ${vectors - 1}); v++) ${call('NASC_LANES', 'v * NASC_LANES')}
  if (first < ${vectors} && last == ${vectors}) ${call(tail, String((vectors - 1) * lanes))}`
            : `for (int v = first; v < last; v++) ${call('NASC_LANES', 'v * NASC_LANES')}`;
        return {
          name,
          headers: ['inference-pool.h'],
          source: `NASC_NOINLINE void ${name}(float *output, const float *input, const int first, const int last) {
  ${body}
}`,
          items: vectors,
          weightElements: 0,
          scratchElements: 0,
          pack: () => new Float32Array(0),
        };
      },
    },
  },
  examples: [],
});
