// Values that are passed on unchanged, whole or in parts.

/** C text of `${op}_copy`. Tensors: from, to. Dims: batch, elements of one item. */
export const copySource = (op: string): string => `
/* Item: dims[1] elements in a row. */
NASC_KERNEL(${op}_copy) {
  NASC_UNUSED(scalars);
  memcpy(tensors[1] + first * dims[1], tensors[0] + first * dims[1], (size_t)((last - first) * dims[1]) * sizeof(real));
}
`;

/** C text of `${op}_copyPart`. Tensors: from, to. Dims: batch, count, and the stride and offset of a row in from and in to. */
export const copyPartSource = (op: string): string => `
/* Item: one row, of which dims[1] elements are copied. */
NASC_KERNEL(${op}_copyPart) {
  NASC_UNUSED(scalars);
  for (int64_t row = first; row < last; row++)
    memcpy(tensors[1] + row * dims[4] + dims[5], tensors[0] + row * dims[2] + dims[3], (size_t)dims[1] * sizeof(real));
}
`;
