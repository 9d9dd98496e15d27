// Values cut along one axis, and values of any rank up to four.
import { elementCount, inferenceError } from '@nasc/ir';

/** Sizes before, at and after an axis: a value is [outer, size, inner]. */
export const splitAtAxis = (op: string, shape: readonly number[], axis: number): readonly [outer: number, size: number, inner: number] => {
  const size = shape[axis];
  if (size === undefined) return inferenceError(`${op}: [${shape.join(', ')}] has no axis ${axis}`);
  return [elementCount(shape.slice(0, axis)), size, elementCount(shape.slice(axis + 1))];
};

export const kernelRank = 4;

/** `values` with `filler` in front, up to rank 4: what the kernels that know one rank take. */
export const toKernelRank = (values: readonly number[], filler: number): readonly number[] => [
  ...Array.from({ length: kernelRank - values.length }, () => filler),
  ...values,
];

export const checkRank = (op: string, shape: readonly number[]): void => {
  if (shape.length > kernelRank) inferenceError(`${op} takes values of at most ${kernelRank} axes, not [${shape.join(', ')}]`);
};
