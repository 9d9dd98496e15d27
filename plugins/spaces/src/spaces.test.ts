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
    const published = [
      ...[40, 24], // stem, first block
      ...[72, 32, 96, 56, 168, 56, 336, 112, 336, 112, 672, 128, 384, 128, 384, 128],
      ...[768, 256, 1536, 256, 1536, 256, 1536, 256, 1536, 432, 1728],
    ];
    expect(widths).toEqual(published);
  });
});

/** A network block by block, as (kernel, expansion, width, stride): every stage one block with one candidate. */
const network = (stem: number, mix: number, blocks: readonly (readonly [number, number, number, number])[]): UserSpace => ({
  ...proxylessImagenet,
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: stem }],
  stages: blocks.map(([kernel, expansion, width, stride]) => ({
    width,
    stride,
    blocks: 1,
    candidates: [{ macro: 'mbConv', kernel, expansion }],
    zero: 'never',
  })),
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: mix },
    { name: 'head', macro: 'linearHead' },
  ],
});
const repeat = <T>(times: number, value: T): readonly T[] => Array.from({ length: times }, () => value);

describe('published networks have their published size', () => {
  test('Proxyless-Mobile: 4.08 M parameters, 320.4 M MACs', () => {
    const graph = expand(
      network(32, 1280, [
        ...([[3, 1, 16, 1], [5, 3, 32, 2], [3, 3, 32, 1], [7, 3, 40, 2], [3, 3, 40, 1], [5, 3, 40, 1], [5, 3, 40, 1]] as const),
        ...([[7, 6, 80, 2], ...repeat(3, [5, 3, 80, 1]), [5, 6, 96, 1], ...repeat(3, [5, 3, 96, 1])] as const),
        ...([[7, 6, 192, 2], [7, 6, 192, 1], [7, 3, 192, 1], [7, 3, 192, 1], [7, 6, 320, 1]] as const),
      ] as readonly (readonly [number, number, number, number])[]),
      [224, 224, 3],
      1000,
    );
    const { networks, shared } = summaryOf(graph);
    expect(networks).toBe(1n);
    expect(graph.groups.filter(({ shortcut }) => shortcut)).toHaveLength(13); // as many ADDs as its published on-device profile
    expect((shared.parameters / 1e6).toFixed(2)).toBe('4.08');
    expect((shared.macs / 1e6).toFixed(1)).toBe('320.4');
  });

  test('Proxyless-Mobile-14: 581 M MACs', () => {
    const graph = expand(
      network(48, 1792, [
        ...([[3, 1, 24, 1], [5, 3, 40, 2], [3, 3, 40, 1], [7, 3, 56, 2], [3, 3, 56, 1], [5, 3, 56, 1], [5, 3, 56, 1]] as const),
        ...([[7, 6, 112, 2], ...repeat(3, [5, 3, 112, 1]), [5, 6, 136, 1], ...repeat(3, [5, 3, 136, 1])] as const),
        ...([[7, 6, 256, 2], [7, 6, 256, 1], [7, 3, 256, 1], [7, 3, 256, 1], [7, 6, 448, 1]] as const),
      ] as readonly (readonly [number, number, number, number])[]),
      [224, 224, 3],
      1000,
    );
    expect(Math.round(summaryOf(graph).shared.macs / 1e6)).toBe(581);
  });
});

describe('mobile-small', () => {
  const graph = expand(mobileSmall, [28, 28, 1], 10);

  test('nine choices over three sizes of image; Zero where there is a shortcut', () => {
    expect(choicesOf(graph).map(({ type, candidates }) => `${type.shape.join('x')} ${candidates.length}`)).toEqual([
      ...['14x14x24 7', '14x14x24 8', '14x14x24 8'],
      ...['7x7x40 7', '7x7x40 8', '7x7x40 8'],
      ...['4x4x80 7', '4x4x80 8', '4x4x80 8'],
    ]);
    expect(summaryOf(graph).networks).toBe(7n ** 3n * 8n ** 6n);
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
