// What a data set is to the rest of the project: two splits of raw images, class names, and a hash of its content.
import type { Diagnostic } from '@nasc/diagnostics';
import type { ImageSource } from './image-source.ts';

/** Size of one image: [height, width, channels], pixels. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One decoded image, 8 bits a channel. */
export interface Raster extends ImageShape {
  /** [H, W, C] */
  readonly pixels: Uint8Array;
}

/** Images addressed by index; they may differ in height and width. */
export interface Split {
  readonly count: number;
  readonly channels: number;
  /** Class of each image, [count]. */
  readonly labels: Uint16Array;
  /** Decodes one image, at its own size. */
  load(index: number): Raster | Promise<Raster>;
  /** From which a worker thread gets the same images by itself; images of a split without it are loaded by `load` alone. */
  readonly source?: ImageSource;
  /** Over all images, where that is known already. */
  readonly sums?: ChannelSums;
}

/** Exact sums of bytes and of their squares, for each channel. */
export interface ChannelSums {
  readonly pixels: number;
  readonly sums: readonly number[];
  readonly squares: readonly number[];
}

/**
 * Height and width are those of the images, or those that were asked for: what networks get where the space says nothing else.
 */
export interface Dataset extends ImageShape {
  readonly name: string;
  readonly classes: readonly string[];
  readonly train: Split;
  /** Touched once, by the final evaluation. */
  readonly test: Split;
  /** SHA-256 over what was read (names, sizes, contents): part of every artifact key that depends on the data. */
  readonly manifestHash: string;
  /** Where it was found, for the report; not part of any key. */
  readonly source: string;
  /** Used where the config does not say otherwise. */
  readonly defaultAugmentation: Augmentation;
  /** Share of the resized image that evaluation sees where the config does not say otherwise, see `evaluationTransform`; 1 when absent. */
  readonly defaultEvaluationCrop?: number;
  /** Images differ in size: reported where nothing else says what size a network gets; height and width are those of the first. */
  readonly sizesDiffer?: Diagnostic;
}

/** Per-channel statistics on the scale 0..1: value = (byte / 255 - mean) / std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Random transformations of training images; all off by default, and off where `false` or 0. Each is defined in transform/. */
export interface Augmentation {
  /** Mirror left to right with probability 1/2. */
  readonly flip?: boolean;
  /** Zero-pad by this many pixels on each side, then crop back at a random offset. */
  readonly crop?: number;
  /** Resize a random part of the image to the whole output. */
  readonly randomResizedCrop?: false | RandomResizedCrop;
  /** Change the colours, in a random order. */
  readonly colourJitter?: false | ColourJitter;
  /** Side of a square that hides a random place, in pixels of the output. */
  readonly cutout?: number;
  /** Blend each image of a batch and its target with another one, by a share drawn from Beta(mixup, mixup). */
  readonly mixup?: number;
}

export interface RandomResizedCrop {
  /** Least and greatest share of the image's area; 0.08 to 1 when absent. */
  readonly scale?: readonly [number, number];
  /** Least and greatest width / height; 3/4 to 4/3 when absent. */
  readonly ratio?: readonly [number, number];
}

/** How far each may go from unchanged; 0 when absent. */
export interface ColourJitter {
  /** Factor in [1 - x, 1 + x], like contrast and saturation. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** Turn of the colour circle in [-x, x]; 0.5 is half of it. */
  readonly hue?: number;
}

/** One batch, ready for an engine. */
export interface Batch {
  /** Images in the batch; N below. */
  readonly count: number;
  /** [N, H, W, C], normalised. */
  readonly images: Float32Array;
  /** Class indices, [N]. */
  readonly labels: Uint16Array;
}
