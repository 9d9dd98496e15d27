import { expandSpace, resolveSpace } from '@nasc/expand';
import { allOpNodes, choicesOf, costSummary, costTable, hashGraph, lookupOf, parametersOf, unitsOf, verifyGraph } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { deployedGraph, instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { mobileSe, mobileSmall, proxylessCifar10, proxylessImagenet, proxylessNetworks, pyramidCifar10 } from './index.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const expand = (space: object, inputShape: readonly [number, number, number], classes: number) =>
  expandSpace(resolved(space), { inputShape, classes }, registry);
const definitions: Readonly<Record<string, { readonly description: string }>> = {
  'mobile-small': mobileSmall,
  'pyramid-cifar10': pyramidCifar10,
};
const named = {
  get: () => undefined,
  names: () => Object.keys(definitions),
  require: (name: string) => ({ name, description: '', space: definitions[name] }),
};
const resolved = (space: object) => resolveSpace({ value: space, place: 'space' }, named).space;
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

describe('pyramid-cifar10 is the paper’s space', () => {
  const graph = expand(pyramidCifar10, [32, 32, 3], 10);
  const choices = choicesOf(graph);

  test('648 choices of seven candidates in the published order, 7^648 networks', () => {
    expect(summaryOf(graph).networks).toBe(7n ** 648n);
    const names = new Set(choices.map(({ candidates }) => candidates.map(({ name }) => name).join(' ')));
    expect([...names]).toEqual(['sep3d2 identity sep3 sep5 sep7 avg3 max3']);
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
  });

  test('54 blocks of the published widths, on 32, 16 and 8 pixels', () => {
    const published =
      '18 18 20 22 24 24 26 28 30 32 32 34 36 38 38 40 42 44 46 46 48 50 52 52 54 56 58 60 60 62 64 66 66 68 70 72 ' +
      '74 74 76 78 80 80 82 84 86 88 88 90 92 94 94 96 98 100';
    const perBlock = choices.filter((_, index) => index % 12 === 0).map(({ type }) => type.shape);
    expect(perBlock.map(([, , width]) => width).join(' ')).toBe(published);
    expect(perBlock.map(([height]) => height)).toEqual([32, 16, 8].flatMap((size) => Array.from({ length: 18 }, () => size)));
    expect(graph.nodes.filter(({ id }) => id.endsWith('out.add')).map(({ type }) => type.shape[2])).toEqual(
      published.split(' ').map((width) => 4 * Number(width)),
    );
  });

  test('every learnable edge is a unit of its own, a block’s depth first', () => {
    const unitOf = unitsOf(graph.groups);
    expect(new Set(choices.map(unitOf)).size).toBe(648);
    expect(choices.slice(0, 12).map(({ group }) => group!.replace('stage1.block1.edge', ''))).toEqual(
      '00 000 001 01 010 011 10 100 101 11 110 111'.split(' '),
    );
  });
});

// Counted from the published configuration (han-cai/files, proxylessnas/proxyless_cifar.config, commit a7c9bcd) by a script that
// knows nothing of this project: weights of convolutions, scale and shift of every batch normalisation, weight and bias of the
// linear layer; MACs of convolutions and the linear layer. The published log says 5.73 M and 1213.2 M.
test('proxyless-cifar10 has the parameters and the MACs of the published network', () => {
  const graph = expand(proxylessCifar10, [32, 32, 3], 10);
  const { networks, shared } = summaryOf(graph);
  expect(networks).toBe(1n);
  expect(shared.parameters).toBe(5_731_530);
  expect(shared.macs).toBe(1_213_155_872);
  const counts = new Map<string, number>();
  const edges = graph.groups.filter(({ id }) => id.includes('.edge'));
  for (const { macro, attributes } of edges) {
    const { kernel, dilation } = attributes;
    const name = [macro, kernel, ...(dilation === 2 ? ['dilated'] : [])].join(' ').trim();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({
    'separableConv 7': 116,
    identity: 96,
    'separableConv 3 dilated': 90,
    'maxPool 3': 89,
    'avgPool 3': 89,
    'separableConv 5': 85,
    'separableConv 3': 83,
  });
});

test('a space that extends the paper’s is scaled by width and resolution', () => {
  const graph = expand({ ...proxylessImagenet, name: 'small', widthMultiplier: 0.5, input: { resolution: 160 } }, [160, 160, 3], 1000);
  const small = resolveSpace(
    { value: { name: 'small', extends: 'base', widthMultiplier: 0.5, input: { resolution: 160 } }, place: 'small' },
    { ...named, require: (name) => ({ name, description: '', space: proxylessImagenet }) },
  ).space;
  expect(small.input).toEqual({ resolution: 160, channels: 3, classes: 1000 });
  expect(hashGraph(expand(small, [160, 160, 3], 1000))).toBe(hashGraph(graph));
});

test('mobile-se is mobile-small with gates and hSwish', () => {
  const graph = expand(mobileSe, [32, 32, 3], 10);
  expect(
    choicesOf(graph)[0]!
      .candidates.map(({ name }) => name)
      .join(' '),
  ).toBe('k3e1 k3e3 k3e3se k3e6 k3e6se k5e3se k5e6 k5e6se zero');
  expect(choicesOf(graph)).toHaveLength(8);
  const ops = new Set(allOpNodes(graph).map(({ op }) => op));
  expect([ops.has('hSwish'), ops.has('hSigmoid'), ops.has('relu6')]).toEqual([true, true, false]);
  expect(verifyGraph(graph, registry.ops)).toEqual([]);
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
