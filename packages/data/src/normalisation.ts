// Per-channel mean and standard deviation of a set of images, and the table that applies them.
import type { Normalisation, Split } from './dataset.ts';

const chunk = 1024;

/**
 * Mean and standard deviation of each channel on the scale 0..1, over the images `indices` of a split (all by default).
 * Computed from exact histograms, so the result does not depend on the order of the images. A channel that never
 * changes gets std 1.
 */
export const computeNormalisation = async (split: Split, indices?: Uint32Array): Promise<Normalisation> => {
  const { height, width, channels } = split;
  const chosen = indices ?? Uint32Array.from({ length: split.count }, (_, index) => index);
  const histogram = new Float64Array(256 * channels);
  const bytes = new Uint8Array(Math.min(chunk, chosen.length) * height * width * channels);
  for (let start = 0; start < chosen.length; start += chunk) {
    const part = chosen.subarray(start, start + chunk);
    await split.read(part, bytes);
    const end = part.length * height * width * channels;
    for (let i = 0, channel = 0; i < end; i++) {
      histogram[channel * 256 + bytes[i]!]!++;
      if (++channel === channels) channel = 0;
    }
  }
  const count = chosen.length * height * width;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    let squares = 0;
    for (let value = 0; value < 256; value++) {
      const times = histogram[channel * 256 + value]!;
      sum += times * value;
      squares += times * value * value;
    }
    // Sums of integers, exact below 2^53.
    const average = sum / count;
    const variance = Math.max(0, squares / count - average * average);
    mean.push(average / 255);
    std.push(variance > 1e-9 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
};

/** Normalised value of each byte: [channels, 256]. */
export const normalisationTable = ({ mean, std }: Normalisation): Float32Array =>
  Float32Array.from({ length: mean.length * 256 }, (_, i) => ((i % 256) / 255 - mean[i >> 8]!) / std[i >> 8]!);
