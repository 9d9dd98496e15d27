// NAME_weights.c: the weights as exact hexadecimal floats, piece by piece; and the check of those that come in a file.
import { floatList, indent } from '@nasc/c-emit';
import { commentText, fileComment, memoryAlignment } from './emission.ts';
import type { Emission } from './emission.ts';

export const writeWeights = ({ network, name, upper, weights }: Emission): string => {
  const pieces = weights.pieces.map(({ id, offset, length }) => {
    // A designator puts each piece into its place; what lies between them is zero.
    const values = floatList(weights.values.subarray(offset, offset + length));
    return `/* ${commentText(id)}: ${length} floats */\n[${offset}] =\n${values}`;
  });
  return `${fileComment(`Weights of ${network.name}, in the layouts of the kernels.`)}
#include "${name}.h"

_Alignas(${memoryAlignment}) const float ${name}_weights[${upper}_WEIGHT_BYTES / 4] = {
${indent(pieces.length > 0 ? pieces.join('\n') : '0.0f')}
};
`;
};

/** The check of a weight file: CRC-32 of the values as little-endian bytes, whatever the machine. */
export const writeWeightCheck = ({ name, upper }: Emission): string => `int ${name}_weights_match(const float *weights) {
  /* Four bits at a time: what the remainder of the low ones adds to the rest. */
  static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                     0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < ${upper}_WEIGHT_BYTES / 4; i++) {
    uint32_t word;
    memcpy(&word, weights + i, 4);
    crc ^= word;
    for (int step = 0; step < 8; step++) crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc == ${upper}_WEIGHTS_CRC32;
}`;
