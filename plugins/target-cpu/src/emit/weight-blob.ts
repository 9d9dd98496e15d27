// All packed weights of a network as one array: what NAME_weights.c or NAME_weights.bin holds, and where each piece lies.
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import type { CProgram } from '@nasc/c-emit';
import type { DeployableNetwork } from '@nasc/core';
import { parameterId } from '@nasc/ir';

export interface WeightPiece {
  /** Id of the weight array in the program. */
  readonly id: string;
  /** In floats, a multiple of `pieceAlignment`. */
  readonly offset: number;
  /** In floats. */
  readonly length: number;
}

export interface WeightBlob {
  /** In the order of their offsets. */
  readonly pieces: readonly WeightPiece[];
  /** The pieces in the layouts of the kernels, with zeros between them. */
  readonly values: Float32Array;
  /** Floats in front of a piece. Throws where there is no such piece. */
  readonly offsetOf: (id: string) => number;
}

/** Floats: 64 bytes, so that a piece begins with a cache line and with a vector of any width. */
const pieceAlignment = 16;

const roundUp = (length: number): number => Math.ceil(length / pieceAlignment) * pieceAlignment;

/** Packs the weights of a network. An array in C is not empty: a network without weights has one line of zeros. */
export const packWeightBlob = ({ weights, packWeights }: CProgram, network: DeployableNetwork): WeightBlob => {
  const pieces: WeightPiece[] = [];
  let end = 0;
  for (const { id, elements } of weights) {
    pieces.push({ id, offset: end, length: elements });
    end += roundUp(elements);
  }
  const values = new Float32Array(Math.max(pieceAlignment, end));
  for (const { id, offset } of pieces) {
    values.set(
      packWeights(id, (node, name) => {
        const tensor = network.weights.get(parameterId(node, name));
        if (!tensor) throw new Error(`The network has no parameter "${parameterId(node, name)}"`);
        return tensor;
      }),
      offset,
    );
  }
  const offsets = new Map(pieces.map(({ id, offset }) => [id, offset]));
  return {
    pieces,
    values,
    offsetOf(id) {
      const offset = offsets.get(id);
      if (offset === undefined) throw new Error(`The network has no packed weights "${id}"`);
      return offset;
    },
  };
};

/** The values as the file holds them: float32, little-endian. */
export const weightBytes = ({ values }: WeightBlob): Uint8Array => {
  const bytes = Buffer.from(values.slice().buffer);
  return new Uint8Array(endianness() === 'LE' ? bytes : bytes.swap32());
};

/** CRC-32 (IEEE 802.3) of the file. */
export const weightChecksum = (blob: WeightBlob): number => crc32(weightBytes(blob));
