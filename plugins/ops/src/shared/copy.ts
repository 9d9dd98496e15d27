// A value that is passed on unchanged.

/** C text of `${op}_copy`. Tensors: from, to. Dims: batch, elements of one item. */
export const copySource = (op: string): string => `
/* Item: dims[1] elements in a row. */
NASC_KERNEL(${op}_copy) {
  NASC_UNUSED(scalars);
  memcpy(tensors[1] + first * dims[1], tensors[0] + first * dims[1], (size_t)((last - first) * dims[1]) * sizeof(real));
}
`;
