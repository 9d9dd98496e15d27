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

/** Where every piece lies, whatever its values. */
export interface WeightLayout {
  /** In the order of their offsets. */
  readonly pieces: readonly WeightPiece[];
  /** In floats: where the last piece ends. An array in C is not empty: a network without weights has one line. */
  readonly length: number;
  /** Floats in front of a piece. Throws where there is no such piece. */
  readonly offsetOf: (id: string) => number;
}

export interface WeightBlob extends WeightLayout {
  /** The pieces in the layouts of the kernels, with zeros between them. */
  readonly values: Float32Array;
}

/** Floats: 64 bytes, so that a piece begins with a cache line and with a vector of any width. */
const pieceAlignment = 16;

/** Floats that a piece takes. */
export const roundUp = (length: number): number => Math.ceil(length / pieceAlignment) * pieceAlignment;

export const layOutWeights = ({ weights }: Pick<CProgram, 'weights'>): WeightLayout => {
  const pieces: WeightPiece[] = [];
  let end = 0;
  for (const { id, elements } of weights) {
    pieces.push({ id, offset: end, length: elements });
    end += roundUp(elements);
  }
  const offsets = new Map(pieces.map(({ id, offset }) => [id, offset]));
  return {
    pieces,
    length: Math.max(pieceAlignment, end),
    offsetOf(id) {
      const offset = offsets.get(id);
      if (offset === undefined) throw new Error(`The network has no packed weights "${id}"`);
      return offset;
    },
  };
};

export const packWeightBlob = (program: CProgram, network: DeployableNetwork): WeightBlob => {
  const layout = layOutWeights(program);
  const values = new Float32Array(layout.length);
  for (const { id, offset } of layout.pieces) {
    values.set(
      program.packWeights(id, (node, name) => {
        const tensor = network.weights.get(parameterId(node, name));
        if (!tensor) throw new Error(`The network has no parameter "${parameterId(node, name)}"`);
        return tensor;
      }),
      offset,
    );
  }
  return { ...layout, values };
};

/** The values as the file holds them: float32, little-endian. */
export const weightBytes = ({ values }: WeightBlob): Uint8Array => {
  const bytes = Buffer.from(values.slice().buffer);
  return new Uint8Array(endianness() === 'LE' ? bytes : bytes.swap32());
};

/** CRC-32 (IEEE 802.3) of the file. */
export const weightChecksum = (blob: WeightBlob): number => crc32(weightBytes(blob));
