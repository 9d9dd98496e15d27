// Shapes as the ops read them: images [H, W, C], vectors [C], and rows along the last axis.
import { elementCount, inferenceError } from '@nasc/ir';
import type { TensorType } from '@nasc/ir';

/** Height, width and channels of an image; any other rank fails inference. */
export const imageShape = (op: string, { shape }: TensorType): readonly [number, number, number] => {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    return inferenceError(`${op} takes an image [H, W, C], not [${shape.join(', ')}]`);
  }
  return [height, width, channels];
};

/** Length of a vector; any other rank fails inference. */
export const vectorLength = (op: string, { shape }: TensorType): number => {
  const [length] = shape;
  if (shape.length !== 1 || length === undefined) return inferenceError(`${op} takes a vector [C], not [${shape.join(', ')}]`);
  return length;
};

/** Size of the last axis: the channels of an image or a vector. */
export const channelsOf = ({ shape }: TensorType): number => shape.at(-1) ?? 1;

/** Rows of `channelsOf(type)` elements in one example. */
export const rowsOf = (type: TensorType): number => elementCount(type.shape) / channelsOf(type);
