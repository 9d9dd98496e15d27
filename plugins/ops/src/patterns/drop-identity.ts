// What does nothing at inference is left out.
import { buildNetwork, definePattern, float32, lookupOf } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { dropout } from '../dropout.ts';
import { dropPath } from '../drop-path.ts';
import { identity } from '../identity.ts';
import { relu } from '../relu.ts';

const replace = ([view]: readonly OpView[]) => ({ nodes: [], output: view!.node.inputs[0]! });

const example = (op: string, attributes: OpView['attributes'] = {}) =>
  buildNetwork({ ops: lookupOf([identity, dropout, dropPath, relu]) }, (builder) => {
    const value = builder.op('before', op, [builder.input('input', float32(3, 4, 5))], attributes);
    return builder.op('after', 'relu', [value]);
  });

export const dropIdentityPattern = definePattern({
  name: 'dropIdentity',
  doc: 'identity, dropout, dropPath: x at inference.',
  chain: [['identity', 'dropout', 'dropPath']],
  lower: { rewrite: { phase: 'simplify', replace } },
  examples: [
    { name: 'identity', graph: example('identity') },
    { name: 'dropout', graph: example('dropout', { rate: 0.5 }) },
    { name: 'dropPath', graph: example('dropPath', { rate: 0.5 }) },
  ],
});
