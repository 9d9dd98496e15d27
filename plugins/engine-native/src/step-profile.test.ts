import { singlePath } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { expect, test } from 'vitest';
import { compileFor, native, noPatterns } from '../../../test/engines/engine-under-test.ts';
import { randomBatch, randomParameters } from '../../../test/engines/graphs.ts';
import { sgd, smallSpace, stepOptions } from '../../../test/engines/small-space.ts';
import type { EngineUnderTest } from '../../../test/engines/engine-under-test.ts';
import { compileObserved } from './engine.ts';
import type { TimedCall } from './step-profile.ts';

const path = [1, 0, 2];
const batch = randomBatch(smallSpace, 4, 1);

const observedStep = async (more: EngineUnderTest['options'] = {}) => {
  const steps: (readonly TimedCall[])[] = [];
  const engine: EngineUnderTest['engine'] = {
    ...native.engine,
    compile: (graph, options) => compileObserved(graph, options, (calls) => steps.push(calls)),
  };
  const program = await compileFor({ ...native, engine }, smallSpace, more);
  await program.writeState({ parameters: randomParameters(smallSpace, 1) });
  const started = performance.now();
  const result = await program.trainStep(batch, singlePath(path), stepOptions, sgd);
  const elapsedMs = performance.now() - started;
  await program.dispose();
  return { steps, result, elapsedMs };
};

test('an observer gets every call of a step once, in order, with the part of the graph that it is of', async () => {
  const { steps } = await observedStep();
  expect(steps).toHaveLength(1);
  const [calls] = steps;
  const phases = calls!.map(({ phase }) => phase);
  expect(new Set(phases)).toEqual(new Set(['forward', 'loss', 'backward', 'update']));
  const loss = phases.indexOf('loss');
  expect(new Set(phases.slice(0, loss))).toEqual(new Set(['forward']));
  expect(phases.slice(loss + 1)).not.toContain('forward');
  expect(phases.filter((phase) => phase === 'loss')).toHaveLength(1);

  const active = choicesOf(smallSpace).map(({ id, candidates }, choice) => `${id}/${candidates[path[choice]!]!.name}`);
  const partsIn = (wanted: string) => [
    ...new Set(calls!.filter(({ phase, part }) => phase === wanted && part.includes('/')).map(({ part }) => part)),
  ];
  expect(partsIn('forward')).toEqual(active);
  expect(partsIn('backward')).toEqual(active.toReversed());
  const trunk = new Set(smallSpace.nodes.map(({ id }) => id));
  const others = calls!.filter(({ phase, part }) => (phase === 'forward' || phase === 'backward') && !active.includes(part));
  expect(others.filter(({ part }) => !trunk.has(part))).toEqual([]);
});

test('its calls carry what their kernel reads: the stem, 15x15x3 to 8x8x10 with a 3x3 window of stride 2', async () => {
  const { steps } = await observedStep({ patterns: noPatterns });
  const stem = steps[0]!.filter(({ phase, part }) => phase !== 'update' && part === 'stem');
  expect(stem.map(({ phase, kernel }) => `${phase} ${kernel}`)).toEqual(['forward conv2d_forward', 'backward conv2d_weightGradient']);
  // Batch; height, width, channels in; height, width, channels out; kernel, stride, dilation, padding, groups, bias.
  for (const { dims } of stem) expect(dims).toEqual([4, 15, 15, 3, 8, 8, 10, 3, 2, 1, 1, 1, 0]);
  expect(stem.every(({ items }) => items > 0)).toBe(true);
});

test('times are those of the step, which computes what it does unobserved', async () => {
  const { steps, result, elapsedMs } = await observedStep();
  const times = steps[0]!.map(({ milliseconds }) => milliseconds);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  const sum = times.reduce((total, ms) => total + ms, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(elapsedMs);

  const program = await compileFor(native, smallSpace);
  await program.writeState({ parameters: randomParameters(smallSpace, 1) });
  expect(await program.trainStep(batch, singlePath(path), stepOptions, sgd)).toEqual(result);
  await program.dispose();
});
