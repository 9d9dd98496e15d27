import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { expandSpace } from '@nasc/expand';
import { allOpNodes, choicesOf, costSummary, costTable, lookupOf, parametersOf, verifyGraph } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { mobileSmall, proxylessImagenet } from './index.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const expand = (space: UserSpace, inputShape: readonly [number, number, number], classes: number) =>
  expandSpace(validateSpace(space, space.name), { inputShape, classes }, registry);
const summaryOf = (graph: Graph) => costSummary(graph, costTable(graph, registry.ops));

describe('proxyless-imagenet is the paper’s space', () => {
  const graph = expand(proxylessImagenet, [224, 224, 3], 1000);
  const summary = summaryOf(graph);

  test('21 choices: six MBConv, and Zero last in the 15 blocks with a shortcut', () => {
    const names = ['k3e3', 'k3e6', 'k5e3', 'k5e6', 'k7e3', 'k7e6'];
    const found = choicesOf(graph).map(({ candidates }) => candidates.map(({ name }) => name));
    const firstOfStage = [0, 4, 8, 12, 16, 20];
    expect(found).toEqual(Array.from({ length: 21 }, (_, block) => (firstOfStage.includes(block) ? names : [...names, 'zero'])));
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
  });

  test('6^6 * 7^15 networks, 16,034,168 shared parameters, 606.6 M MACs at most and 373.3 M in the mean', () => {
    expect(summary.networks).toBe(6n ** 6n * 7n ** 15n);
    expect(summary.networks).toBe(221_502_229_807_900_608n);
    expect(summary.shared.parameters).toBe(16_034_168);
    expect(summary.maximum.macs).toBe(606_590_720);
    expect(summary.uniform.macs).toBe(373_300_544);
  });

  test('parameters by hand: the last block’s k7e6 on 192 channels', () => {
    const k7e6 = choicesOf(graph).at(-1)!.candidates.at(-1)!.graph;
    const inside = 192 * 6;
    const trained = 192 * inside + 2 * inside + 49 * inside + 2 * inside + inside * 320 + 2 * 320;
    const costs = costTable(graph, registry.ops);
    expect(k7e6.nodes.reduce((sum, { id }) => sum + costs[id]!.parameters, 0)).toBe(trained);
    expect(k7e6.nodes.reduce((sum, { id }) => sum + costs[id]!.macs, 0)).toBe(49 * inside * (192 + 49 + 320));
  });

  test('width multiplier 1.35 holds the published Proxyless-GPU, channel for channel', () => {
    // Its blocks by candidate; 6 is Zero.
    const path = [2, 6, 6, 6, 4, 6, 6, 0, 5, 6, 6, 2, 3, 6, 0, 2, 5, 5, 5, 3, 5];
    const network = instantiatePath(expand({ ...proxylessImagenet, widthMultiplier: 1.35 }, [224, 224, 3], 1000), path);
    const widths = network.nodes.filter(({ id }) => /\.(project|conv|expand)$/.test(id)).map(({ attributes }) => attributes['width']);
    // Stem, first block, then channels inside and out of each block that is not Zero, and the head's 1x1 convolution.
    const published = '40 24 72 32 96 56 168 56 336 112 336 112 672 128 384 128 384 128 768 256 1536 256 1536 256 1536 256 1536 432 1728';
    expect(widths.join(' ')).toBe(published);
  });
});

/** A network block by block, each a stage of one candidate: `k5e3 32 s2` is MBConv to 32 channels with stride 2. */
const network = (stem: number, mix: number, blocks: string): UserSpace => ({
  ...proxylessImagenet,
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: stem }],
  stages: blocks.split(', ').map((block) => {
    const [, kernel, expansion, width, stride] = /^k(\d)e(\d) (\d+)(?: s(\d))?$/.exec(block)!.map(Number);
    return { width: width!, stride: stride || 1, blocks: 1, candidates: [{ macro: 'mbConv', kernel, expansion }], zero: 'never' };
  }),
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: mix },
    { name: 'head', macro: 'linearHead' },
  ],
});

describe('published networks have their published size', () => {
  test('Proxyless-Mobile: 4.08 M parameters, 320.4 M MACs', () => {
    const blocks =
      'k3e1 16, k5e3 32 s2, k3e3 32, k7e3 40 s2, k3e3 40, k5e3 40, k5e3 40, k7e6 80 s2, k5e3 80, k5e3 80, k5e3 80, k5e6 96, k5e3 96, ' +
      'k5e3 96, k5e3 96, k7e6 192 s2, k7e6 192, k7e3 192, k7e3 192, k7e6 320';
    const graph = expand(network(32, 1280, blocks), [224, 224, 3], 1000);
    const { networks, shared } = summaryOf(graph);
    expect(networks).toBe(1n);
    expect(graph.groups.filter(({ shortcut }) => shortcut)).toHaveLength(13); // as many ADDs as its published on-device profile
    expect((shared.parameters / 1e6).toFixed(2)).toBe('4.08');
    expect((shared.macs / 1e6).toFixed(1)).toBe('320.4');
  });

  test('Proxyless-Mobile-14: 581 M MACs', () => {
    const blocks =
      'k3e1 24, k5e3 40 s2, k3e3 40, k7e3 56 s2, k3e3 56, k5e3 56, k5e3 56, k7e6 112 s2, k5e3 112, k5e3 112, k5e3 112, k5e6 136, ' +
      'k5e3 136, k5e3 136, k5e3 136, k7e6 256 s2, k7e6 256, k7e3 256, k7e3 256, k7e6 448';
    const graph = expand(network(48, 1792, blocks), [224, 224, 3], 1000);
    expect(Math.round(summaryOf(graph).shared.macs / 1e6)).toBe(581);
  });
});

describe('mobile-small', () => {
  const graph = expand(mobileSmall, [28, 28, 1], 10);

  test('eight choices over three sizes of image; Zero where there is a shortcut', () => {
    const choices = choicesOf(graph).map(({ type, candidates }) => `${type.shape.join('x')} ${candidates.length}`);
    expect(choices.join(', ')).toBe('14x14x16 8, 14x14x16 8, 7x7x32 7, 7x7x32 8, 7x7x32 8, 4x4x64 7, 4x4x64 8, 4x4x64 8');
    expect(summaryOf(graph).networks).toBe(7n ** 2n * 8n ** 6n);
  });

  test('the largest network has at least fifteen times the MACs of the smallest', () => {
    const { minimum, maximum } = summaryOf(graph);
    expect(maximum.macs / minimum.macs).toBeGreaterThan(15);
    expect(maximum.parameters / minimum.parameters).toBeGreaterThan(15);
  });

  test('every parameter has one id', () => {
    const ids = parametersOf(graph, registry.ops).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('stage2.block1.k5e6.expand.weight');
  });

  test('fits every image size that it names', () => {
    for (const size of [28, 32, 64]) {
      const sized = expand(mobileSmall, [size, size, 3], 100);
      expect(verifyGraph(sized, registry.ops)).toEqual([]);
      expect(allOpNodes(sized).at(-1)!.type.shape).toEqual([100]);
    }
  });
});
