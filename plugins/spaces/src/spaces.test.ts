import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { expandSpace } from '@nasc/expand';
import { allOpNodes, choicesOf, costSummary, costTable, hashGraph, lookupOf, parametersOf, verifyGraph } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { deployedGraph, instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { mobileSmall, proxylessImagenet, proxylessNetworks } from './index.ts';

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
});

describe('the published networks', () => {
  const graphOf = (name: string) =>
    expand(
      proxylessNetworks.find((space) => space.name === name)!,
      [224, 224, 3],
      1000,
    );

  // Counted outside of this project from the authors' description of the layers. Parameters: weights of convolutions, scale and shift
  // of batch normalisation, weights and bias of the classifier. MACs: convolutions and classifier.
  test.each([
    ['proxyless-gpu', 7_119_848, 465_260_160],
    ['proxyless-cpu', 4_361_648, 439_243_864],
    ['proxyless-mobile', 4_080_512, 320_427_584],
    ['proxyless-mobile14', 6_857_568, 580_883_408],
  ])('%s has %i parameters and %i MACs', (name, parameters, macs) => {
    const graph = graphOf(name);
    const { networks, shared } = summaryOf(graph);
    expect(networks).toBe(1n);
    expect(shared).toMatchObject({ parameters, macs });
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
  });

  test('blocks that the search left out stay as Zero beside their shortcut: nothing of them is deployed', () => {
    const graph = graphOf('proxyless-mobile');
    expect(graph.groups.filter(({ macro }) => macro === 'zero').map(({ id }) => id)).toEqual(['stage1.block3', 'stage1.block4']);
    const deployed = deployedGraph(graph, [], lookupOf(rewritingPatterns));
    expect(deployed.groups.map(({ macro }) => macro)).not.toContain('zero');
    // As many as its published profile on a device has.
    expect(deployed.nodes.filter(({ op }) => op === 'add')).toHaveLength(13);
    expect(deployed.nodes.filter(({ op }) => op === 'depthwiseConv2d')).toHaveLength(20);
  });

  test('Proxyless-GPU lies in the paper’s space with 1.35 times its channels: the same graph, node by node', () => {
    const space = expand({ ...proxylessImagenet, widthMultiplier: 1.35 }, [224, 224, 3], 1000);
    const gpu = graphOf('proxyless-gpu');
    const chosen = gpu.groups.slice(2, -2).map(({ id }) => gpu.nodes.find(({ group }) => group === id)!.id.split('.')[2]!);
    const path = choicesOf(space).map(({ candidates }, index) => candidates.findIndex(({ name }) => name === chosen[index]));
    // Dropout is a part of the authors' recipe for this network, not of the space.
    const definition = proxylessNetworks.find(({ name }) => name === 'proxyless-gpu')!;
    const head = [definition.head[0]!, { name: 'head', macro: 'linearHead' }];
    const withoutDropout = expand({ ...definition, head }, [224, 224, 3], 1000);
    expect(hashGraph(withoutDropout)).toBe(hashGraph(instantiatePath(space, path)));
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
