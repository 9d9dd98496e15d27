// Per-channel mean and standard deviation of a set of images, and the table that applies them.
import type { ChannelSums, Normalisation, Split } from './dataset.ts';

/** Of every image as it is. Integers, exact below 2^53, so the result does not depend on the order of the images. */
const sumChannels = async (split: Split): Promise<ChannelSums> => {
  const { count, channels } = split;
  const histogram = new Float64Array(256 * channels);
  let counted = 0;
  for (let index = 0; index < count; index++) {
    const loaded = split.load(index);
    const { pixels } = loaded instanceof Promise ? await loaded : loaded;
    for (let i = 0, channel = 0; i < pixels.length; i++) {
      histogram[channel * 256 + pixels[i]!]!++;
      if (++channel === channels) channel = 0;
    }
    counted += pixels.length / channels;
  }
  const sumOver = (channel: number, term: (value: number) => number): number =>
    histogram.subarray(channel * 256, channel * 256 + 256).reduce((sum, times, value) => sum + times * term(value), 0);
  const each = (term: (value: number) => number): number[] => Array.from({ length: channels }, (_, channel) => sumOver(channel, term));
  return { pixels: counted, sums: each((value) => value), squares: each((value) => value * value) };
};

/**
 * Mean and standard deviation of each channel on the scale 0..1, over all images of a split at their own size. A channel that
 * never changes gets std 1.
 */
export const computeNormalisation = async (split: Split): Promise<Normalisation> => {
  const { pixels, sums, squares } = split.sums ?? (await sumChannels(split));
  const mean: number[] = [];
  const std: number[] = [];
  for (const [channel, sum] of sums.entries()) {
    const average = sum / pixels;
    const variance = Math.max(0, squares[channel]! / pixels - average * average);
    mean.push(average / 255);
    std.push(variance > 1e-9 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
};

/** Normalised value of each byte: [channels, 256]. */
export const normalisationTable = ({ mean, std }: Normalisation): Float32Array =>
  Float32Array.from({ length: mean.length * 256 }, (_, i) => ((i % 256) / 255 - mean[i >> 8]!) / std[i >> 8]!);
