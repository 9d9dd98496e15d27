// x + 0 = x: what is left of a block that lost to Zero is its shortcut.
import { buildNetwork, definePattern, float32, lookupOf } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { add } from '../add.ts';
import { relu } from '../relu.ts';
import { zero } from '../zero.ts';

const replace = ([zeros, sum]: readonly OpView[]) => {
  const inputs = sum!.node.inputs.filter((input) => input !== zeros!.node.id);
  return inputs.length === 1 ? { nodes: [], output: inputs[0]! } : { nodes: [{ ...sum!.node, inputs }], output: sum!.node.id };
};

const example = (others: number) =>
  buildNetwork({ ops: lookupOf([zero, add, relu]) }, (builder) => {
    const input = builder.input('input', float32(3, 4, 5));
    const values = Array.from({ length: others }, (_, index) => builder.op(`value${index}`, 'relu', [input]));
    return builder.op('sum', 'add', [builder.op('zero', 'zero', [input], { width: 5 }), ...values]);
  });

export const dropAddedZeroPattern = definePattern({
  name: 'dropAddedZero',
  doc: 'A sum with zeros is the sum without them.',
  chain: [['zero'], ['add']],
  lower: { rewrite: { phase: 'simplify', replace } },
  examples: [
    { name: 'one other operand', graph: example(1) },
    { name: 'two other operands', graph: example(2) },
  ],
});
