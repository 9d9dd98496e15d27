// Whole networks for `bench/onnx.js`: those that `bench/codegen.js` measures, and one with gates and hSwish.
import { instantiatePath } from '../../packages/transforms/dist/index.js';
import { networkGraph } from '../codegen/prepare-network.js';
import { networks } from '../codegen/networks.js';

const gatedBlock = (kernel, expansion) => ({ macro: 'mbConv', kernel, expansion, squeezeExcite: true });
const gated = {
  name: 'gated',
  input: { resolution: 29, channels: 3, classes: 10 },
  space: {
    name: 'gated',
    activation: 'hSwish',
    stem: [
      { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 32 },
      { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 16, squeezeExcite: true },
    ],
    stages: [
      { width: 24, stride: 2, blocks: 1, zero: 'never', candidates: [gatedBlock(5, 3)] },
      { width: 24, blocks: 1, zero: 'never', candidates: [gatedBlock(3, 6)] },
      { width: 40, stride: 2, blocks: 1, zero: 'never', candidates: [gatedBlock(7, 3)] },
    ],
    head: [
      { name: 'mix', macro: 'convBnAct', kernel: 1, width: 96 },
      { name: 'head', macro: 'linearHead' },
    ],
  },
};

/** Graphs by name, with batch normalisation. */
export const buildNetworks = () => Object.fromEntries([...networks, gated].map((each) => [each.name, networkGraph(each, instantiatePath)]));
