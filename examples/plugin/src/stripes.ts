// A data set that needs no files: grey images of noisy stripes, whose direction is the class.
import { createHash } from 'node:crypto';
import { Random, inMemorySplit } from 'nasc/plugin';
import type { DatasetDefinition, Split } from 'nasc/plugin';

interface StripesOptions {
  readonly resolution: number;
  readonly images: number;
}

const directions = [
  { name: 'horizontal', x: 0, y: 1 },
  { name: 'vertical', x: 1, y: 0 },
  { name: 'falling', x: 0.7, y: -0.7 },
  { name: 'rising', x: 0.7, y: 0.7 },
] as const;

const draw = (split: string, count: number, resolution: number): Split => {
  const pixels = new Uint8Array(count * resolution ** 2);
  const labels = Uint16Array.from({ length: count }, (_, index) => index % directions.length);
  for (let index = 0; index < count; index++) {
    const random = new Random({ seed: 0, stream: `stripes.${split}`, index });
    const { x: dx, y: dy } = directions[labels[index]!]!;
    const [phase, width] = [random.uniform() * 6.28, 0.8 + 0.6 * random.uniform()];
    for (let y = 0; y < resolution; y++)
      for (let x = 0; x < resolution; x++) {
        const value = 128 + 70 * Math.sin(phase + width * (x * dx + y * dy)) + 25 * random.normal();
        pixels[index * resolution ** 2 + y * resolution + x] = Math.min(255, Math.max(0, Math.round(value)));
      }
  }
  return inMemorySplit({ height: resolution, width: resolution, channels: 1 }, pixels, labels);
};

export const stripes: DatasetDefinition = {
  name: 'stripes',
  description: 'Synthetic stripes in four directions.',
  optionsSchema: {
    type: 'object',
    properties: {
      resolution: { type: 'integer', minimum: 4, default: 16, description: 'Height and width, pixels.' },
      images: { type: 'integer', minimum: 40, default: 2000, description: 'Images for training; a quarter as many for test.' },
    },
    additionalProperties: false,
  },
  async load(options) {
    const { resolution, images } = options as unknown as StripesOptions; // checked against the schema
    return {
      name: 'stripes',
      classes: directions.map(({ name }) => name),
      height: resolution,
      width: resolution,
      channels: 1,
      train: draw('train', images, resolution),
      test: draw('test', images / 4, resolution),
      // Changes when the images would: options, and a number of one's own.
      manifestHash: createHash('sha256').update(`stripes 1 ${resolution} ${images}`).digest('hex'),
      source: 'drawn',
      defaultAugmentation: {},
    };
  },
};
