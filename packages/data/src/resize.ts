// Images at another resolution, at load time. Plain double arithmetic in a fixed order, so that every machine gets the
// same bytes; image libraries differ by a level or two between processors.
import { contentHash } from './content-hash.ts';
import type { Dataset, ImageShape, Split } from './dataset.ts';
import { inMemorySplit } from './in-memory-split.ts';
import type { InMemorySplit } from './in-memory-split.ts';

export type Resolution = Pick<ImageShape, 'height' | 'width'>;

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Triangle filter (bilinear; widened by the scale when shrinking, so that nothing aliases): output pixel o sees the
 * input pixels around its centre c = start + (o + 1/2) * scale with weights max(0, 1 - |i + 1/2 - c| / max(1, scale)).
 */
const axisTaps = (inputSize: number, outputSize: number, start: number, scale: number): readonly Taps[] =>
  Array.from({ length: outputSize }, (_, output) => {
    const centre = start + (output + 0.5) * scale;
    const support = Math.max(1, scale);
    const first = Math.max(0, Math.floor(centre - support));
    const last = Math.min(inputSize, Math.ceil(centre + support));
    const raw = Array.from({ length: last - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / support));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => weight / total) };
  });

/** Resizes one image [H, W, C] and cuts the centre where the proportions differ ("cover"): [height, width, C]. */
export const resizeImage = (pixels: Uint8Array, shape: ImageShape, { height, width }: Resolution): Uint8Array => {
  const { channels } = shape;
  if (shape.height === height && shape.width === width) return pixels;
  const scale = Math.min(shape.height / height, shape.width / width);
  const rows = axisTaps(shape.height, height, (shape.height - height * scale) / 2, scale);
  const columns = axisTaps(shape.width, width, (shape.width - width * scale) / 2, scale);
  const narrow = new Float64Array(shape.height * width * channels); // [H, width, C]
  for (let y = 0, to = 0; y < shape.height; y++) {
    for (const { first, weights } of columns) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * pixels[(y * shape.width + first + i) * channels + c]!;
        narrow[to++] = sum;
      }
    }
  }
  const line = width * channels;
  const resized = new Uint8Array(height * line);
  for (const [y, { first, weights }] of rows.entries()) {
    for (let x = 0; x < line; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(first + i) * line + x]!;
      resized[y * line + x] = Math.floor(sum + 0.5);
    }
  }
  return resized;
};

/** The split at another resolution, in memory; labels are shared. */
export const resizeSplit = async (split: Split, resolution: Resolution): Promise<InMemorySplit> => {
  const { count, channels } = split;
  const size = resolution.height * resolution.width * channels;
  const pixels = new Uint8Array(count * size);
  const image = new Uint8Array(split.height * split.width * channels);
  for (let index = 0; index < count; index++) {
    await split.read(Uint32Array.of(index), image);
    pixels.set(resizeImage(image, split, resolution), index * size);
  }
  return inMemorySplit({ ...resolution, channels }, pixels, split.labels);
};

const resizeBoth = async (dataset: Dataset, { height, width }: Resolution): Promise<Dataset> => {
  const train = await resizeSplit(dataset.train, { height, width });
  const test = await resizeSplit(dataset.test, { height, width });
  const manifestHash = contentHash([
    ['original', dataset.manifestHash],
    ['resolution', JSON.stringify([height, width])],
    ['train', train.pixels],
    ['test', test.pixels],
  ]);
  return { ...dataset, height, width, train, test, manifestHash };
};

/** Several passes of a run ask for the same resolution; the last one of each data set is kept. */
const resized = new WeakMap<Dataset, { readonly resolution: Resolution; readonly result: Promise<Dataset> }>();

/** Both splits at another resolution; the hash follows. Returns the same data set if it has that resolution already. */
export const resizeDataset = async (dataset: Dataset, { height, width }: Resolution): Promise<Dataset> => {
  if (dataset.height === height && dataset.width === width) return dataset;
  const kept = resized.get(dataset);
  if (kept?.resolution.height === height && kept.resolution.width === width) return kept.result;
  const result = resizeBoth(dataset, { height, width });
  resized.set(dataset, { resolution: { height, width }, result });
  return result;
};
