// Every example of every op, macro and pattern through everything that computes networks, against the plain kernels in
// float64 (which finite differences check in ops.test.ts). What lacks a lowering is skipped by name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embed } from './cases/embed.ts';
import { examples } from './cases/examples.ts';
import { networkCase } from './cases/network-case.ts';
import { inGroups } from './cases/side-by-side.ts';
import { whyNot } from './computers/computer.ts';
import { createTfjsComputer, nativeComputers } from './computers/engines.ts';
import { createGeneratedC } from './computers/generated-c.ts';
import { onnxRuntimeComputer } from './computers/onnx-runtime.ts';
import { plainComputer } from './computers/plain.ts';
import { relativeError, worstGradient } from './errors.ts';

/** Design: at most 1e-4 a tensor for single ops and up to three blocks. */
const tolerance = 1e-4;

const double = await plainComputer('double');
const float = await plainComputer('float');
afterAll(() => {
  double.dispose();
  float.dispose();
});

const rows = examples.map((example, index) => ({
  name: example.name,
  network: networkCase(example.name, embed(example), { seed: 100 + index, images: 5, imageSeed: 0 }),
}));
type Row = (typeof rows)[number];

const generatedC = createGeneratedC();
/** One program holds all rows: a compiler's run for each would take longer than all of the rest. */
const compiledTogether = inGroups(generatedC, [rows.map(({ network }) => network).filter(({ graph }) => !whyNot(generatedC, graph))]);
const computers = [float, ...nativeComputers, await createTfjsComputer(), onnxRuntimeComputer, compiledTogether];

describe.each(computers.map((computer) => [computer.name, computer] as const))('%s', (_name, computer) => {
  const reason = ({ network }: Row) => whyNot(computer, network.graph);
  const possible = rows.filter((row) => reason(row) === undefined);
  const lacking = rows.filter((row) => reason(row) !== undefined).map((row) => ({ ...row, reason: reason(row)! }));

  // What is compiled once is not part of the first row.
  beforeAll(async () => void (await computer.infer(possible[0]!.network)));

  test.each(possible)('$name', async ({ network }) => {
    expect(relativeError(await computer.infer(network), await double.infer(network))).toBeLessThan(tolerance);
    if (!computer.train) return;
    const [found, expected] = [await computer.train(network), await double.train(network)];
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(tolerance * Math.max(1, expected.loss));
    const { error, id } = worstGradient(found.gradients, expected.gradients);
    expect({ id, error: error < tolerance ? 0 : error }).toEqual({ id, error: 0 });
  });

  // An op that a plugin's author has not written for this computer is no failure of the suite, but must not go unseen either: its row
  // stands here as skipped, with the reason. Of the built-in ops there is none.
  // oxlint-disable-next-line vitest/no-disabled-tests, vitest/expect-expect
  test.skip.each(lacking)('$name ($reason)', () => {});
});
