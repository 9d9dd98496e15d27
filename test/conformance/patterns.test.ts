// Every rewriting pattern on every one of its examples: the network that it makes computes what the one before computed.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { hashGraph, verifyGraph } from '@nasc/ir';
import { rewriteNetwork } from '@nasc/transforms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataOf, networkValues } from './random-network.ts';
import { opLookup, ops, patterns } from './registered-ops.ts';
import { relativeError } from './run-case.ts';

let double: PlainRunner;
beforeAll(async () => {
  double = await createPlainRunner(ops, 'double');
});
afterAll(() => double.dispose());

test('patterns without examples', () => {
  expect(patterns.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
});

const rows = patterns
  .filter(({ lower }) => lower.rewrite)
  .flatMap((pattern) => pattern.examples.map(({ name, graph }) => ({ name: `${pattern.name}: ${name}`, pattern, graph })));

test.each(rows)('$name: rewrites, and keeps outputs and types', ({ name, pattern, graph }) => {
  const { batch, inputs, parameters } = networkValues(graph, opLookup, name);
  const after = rewriteNetwork({ graph, weights: parameters }, [pattern], pattern.lower.rewrite!.phase);
  expect(hashGraph(after.graph)).not.toBe(hashGraph(graph));
  expect(verifyGraph(after.graph, opLookup)).toEqual([]);

  const before = double.runForward(graph, dataOf(parameters), inputs, { batch, mode: 'inference' });
  const rewritten = double.runForward(after.graph, dataOf(after.weights), inputs, { batch, mode: 'inference' });
  // Rewritten parameters are rounded to float32 once.
  const errors = graph.outputs.map((id, index) =>
    relativeError(rewritten.values.get(after.graph.outputs[index]!)!, before.values.get(id)!),
  );
  expect(Math.max(...errors)).toBeLessThan(1e-6);
});
