// Types of values. Shapes are per example: [H, W, C] for images, [C] for vectors; the batch is an implied leading
// dimension of every value, so a shape never contains it and no op may touch it.

export type DType = 'float32' | 'int8';

export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  /** The axis that `scale` runs along; absent for one scale per tensor. */
  readonly axis?: number;
}

export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly quantization?: Quantization;
}

export const float32 = (...shape: readonly number[]): TensorType => ({ shape, dtype: 'float32' });

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const bytesPerElement = { float32: 4, int8: 1 } as const;

/** Bytes of one example. */
export const byteLength = (type: TensorType): number => elementCount(type.shape) * bytesPerElement[type.dtype];

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

export const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);

export const printType = (type: TensorType): string => `${type.shape.join('x')} ${type.dtype === 'float32' ? 'f32' : type.dtype}`;
