// Mean over all pixels, vectors over channels.
import { definePattern } from '@nasc/ir';

export const globalAveragePattern = definePattern({
  name: 'global-average',
  doc: 'y[c] = mean over pixels of x[., c].',
  chain: [['globalAvgPool']],
  lower: {
    c: {
      specialise({ nodes }, vector) {
        const [height, width, channels] = nodes[0]!.inputs[0]!.shape as [number, number, number];
        if (channels < vector.lanes) return `${channels} channels are fewer than the ${vector.lanes} lanes of a vector`;
        const name = `global_average_${height}x${width}x${channels}`;
        return {
          name,
          header: 'inference-pool.h',
          source: `NASC_NOINLINE void ${name}(float *output, const float *input) {
  nasc_global_average(${height * width}, ${channels}, input, output);
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
