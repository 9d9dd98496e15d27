import { expect, test } from 'vitest';
import { networksOf } from './networks.ts';
import { configMessage, minimal } from './validate/messages.test-helper.ts';

const names = (changes: object) => networksOf({ targets: ['cpu'], constraints: {}, ...changes }).map(({ name }) => name);

test('one set of limits: networks are called like their targets', () => {
  expect(names({ targets: ['cpu', { name: 'onnxruntime' }, { name: 'cpu', as: 'cpu-avx2', vectorWidth: 'avx2' }] })).toEqual([
    'cpu',
    'onnxruntime',
    'cpu-avx2',
  ]);
  expect(names({ constraints: [{ latencyMs: 2 }] })).toEqual(['cpu']);
});

test('several sets: the limits are part of the name, or their own name is', () => {
  const constraints = [{ latencyMs: 0.5 }, { latencyShare: 0.7, macs: 3e6 }, { name: 'tiny', parameters: 1000, memoryBytes: 4096 }, {}];
  expect(names({ targets: ['cpu', 'pixel1'], constraints })).toEqual([
    'cpu-0.5ms',
    'cpu-share0.7-macs3000000',
    'cpu-tiny',
    'cpu-unlimited',
    'pixel1-0.5ms',
    'pixel1-share0.7-macs3000000',
    'pixel1-tiny',
    'pixel1-unlimited',
  ]);
});

test('two sets of the same name, and each set that contradicts itself, are refused', () => {
  const constraints = [{ latencyMs: 1 }, { latencyMs: 1, latencyShare: 0.5, name: '1ms' }];
  expect(configMessage({ ...minimal, constraints })).toBe(
    `error CONFIG_CONTRADICTION: "constraints.latencyMs" and "constraints.latencyShare" are both given.
  at nasc.config.json#/constraints/1
  hint: Keep one: milliseconds for one device, a share for a limit that means the same on every machine.
error CONFIG_CONTRADICTION: The limits "1ms" are given twice.
  at nasc.config.json#/constraints/1
  hint: Keep one of them, or give one another "name".`,
  );
  expect(configMessage({ ...minimal, constraints: [{ energy: 3 }] })).toContain('Unknown key "energy" in "constraints[0]".');
});
