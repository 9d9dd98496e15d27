// Whole networks in everything that computes them. The error of ours against float64 is at most twice that of an independent
// framework in float32 on the same inputs, over at least 20 networks of each kind; the figures are printed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAtKink } from './cases/kink.ts';
import type { NetworkCase } from './cases/network-case.ts';
import { mixedNetwork, mobileNetwork } from './cases/random-networks.ts';
import { inGroups } from './cases/side-by-side.ts';
import { createTfjsComputer, nativeComputers } from './computers/engines.ts';
import { createGeneratedC } from './computers/generated-c.ts';
import { onnxRuntimeComputer } from './computers/onnx-runtime.ts';
import { plainComputer } from './computers/plain.ts';
import { relativeError, wholeError } from './errors.ts';
import { formatErrors, summarise } from './format-errors.ts';
import type { NetworkErrors } from './format-errors.ts';

const double = await plainComputer('double');
const tfjs = await createTfjsComputer();
const native = nativeComputers[0]!;
const generatedC = createGeneratedC();
afterAll(() => double.dispose());

const largestError = 1e-4;
const least = 20;
/** One more than is asked for, should a network lie at a kink. */
const perGroup = 6;

const groupsOf = <T>(kinds: readonly T[], make: (seed: number, kind: T) => NetworkCase): readonly (readonly NetworkCase[])[] =>
  kinds.map((kind, group) => Array.from({ length: perGroup }, (_, index) => make(group * perGroup + index, kind)));

const families = [
  { name: 'mobile-small', groups: groupsOf([28, 29, 32, 37], mobileNetwork), inJavaScript: 0 },
  {
    name: 'mixed',
    groups: groupsOf(
      [
        [14, 21, 3],
        [9, 9, 1],
        [17, 12, 1],
        [22, 15, 3],
      ] as const,
      (seed, shape) => mixedNetwork(seed, 3 + (seed % 6), shape),
    ),
    inJavaScript: 4,
  },
];

describe.each(families.map((family) => [family.name, family] as const))('%s', (name, { groups, inJavaScript }) => {
  const networks = groups.flat();
  const found: NetworkErrors[] = [];
  const computers = [native, inGroups(generatedC, groups), onnxRuntimeComputer];
  // TensorFlow.js without TensorFlow takes minutes for a large network.
  const withTfjs = tfjs.fast ? networks : networks.slice(0, inJavaScript);
  const rows = networks.map((network) => ({
    network,
    name: `${network.name}${withTfjs.includes(network) ? '' : `, without ${tfjs.name}`}`,
  }));

  // What is compiled once is not part of the first network.
  beforeAll(async () => void (await native.infer(networks[0]!)));
  afterAll(() => void process.stdout.write(`\n${formatErrors(name, found)}\n`));

  test.each(rows)('$name', async ({ network }) => {
    const [scores, trained] = [await double.infer(network), await double.train(network)];
    const errors: NetworkErrors = { name: network.name, scores: new Map(), gradients: new Map() };
    for (const computer of withTfjs.includes(network) ? [...computers, tfjs] : computers) {
      errors.scores.set(computer.name, relativeError(await computer.infer(network), scores));
      const result = await computer.train?.(network);
      if (!result) continue;
      errors.gradients.set(computer.name, wholeError(result.gradients, trained.gradients));
      expect(Math.abs(result.loss - trained.loss)).toBeLessThan(1e-4 * Math.max(1, trained.loss));
    }
    expect(Math.max(...errors.scores.values())).toBeLessThan(largestError);
    if (Math.max(...errors.gradients.values()) >= largestError) {
      expect(await isAtKink(network, double, largestError)).toBe(true);
      errors.gradients.clear();
    }
    found.push(errors);
  });

  test('ours are at most twice as far off as an independent framework', () => {
    const compared = found.filter(({ gradients }) => gradients.size > 0);
    expect(compared.length).toBeGreaterThanOrEqual(least);
    const { scores } = summarise(found);
    for (const ours of [native, generatedC]) expect(scores.get(ours.name)).toBeLessThan(2 * scores.get(onnxRuntimeComputer.name)!);
    const { gradients } = summarise(compared.filter((errors) => errors.gradients.has(tfjs.name)));
    const beside = { ours: gradients.get(native.name) ?? 0, theirs: gradients.get(tfjs.name) ?? Infinity };
    expect(beside.ours).toBeLessThan(2 * beside.theirs);
  });
});

test('between them they used every fused kernel of the CPU target', () => {
  expect(generatedC.unusedKernels()).toEqual([]);
});
