// An example as a network of one image and a few class scores, so that everything that runs networks can run it: every input
// of the example is made by a linear layer, whose weights then show the gradient by that input.
import { buildNetwork, elementCount, float32 } from '@nasc/ir';
import type { NetworkGraph, NodeId, TensorType } from '@nasc/ir';
import { macroLookup, opLookup } from '../registered-ops.ts';

type Builder = Parameters<Parameters<typeof buildNetwork>[1]>[0];

/** Appends what an example is between its inputs and its output. */
export type Body = (builder: Builder, inputs: readonly NodeId[]) => NodeId;

export interface Example {
  readonly name: string;
  readonly inputs: readonly TensorType[];
  readonly body: Body;
}

const classes = 3;
const imageType = float32(2, 3, 1);

export const embed = ({ inputs, body }: Example): NetworkGraph =>
  buildNetwork({ ops: opLookup, macros: macroLookup }, (builder) => {
    const image = builder.input('image', imageType);
    const pixels = builder.op('pixels', 'reshape', [image], { shape: [elementCount(imageType.shape)] });
    const made = inputs.map(({ shape }, index) => {
      const flat = builder.op(`make${index}`, 'linear', [pixels], { width: elementCount(shape) });
      return builder.op(`input${index}`, 'reshape', [flat], { shape });
    });
    const output = body(builder, made);
    const flat = builder.op('flatten', 'reshape', [output], { shape: [elementCount(builder.typeOf(output).shape)] });
    return builder.op('classifier', 'linear', [flat], { width: classes });
  });
