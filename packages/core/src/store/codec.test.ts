import { expect, test } from 'vitest';
import { decodeArtifact, encodeArtifact } from './codec.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const table = new Map([
  ['b.weight', { shape: [2, 2], data: Float32Array.of(1, -2.5, Number.NaN, 3e-39) }],
  ['a.bias', { shape: [1], data: Float32Array.of(0.1) }],
]);

test('an artifact comes back from its files with the same content', () => {
  const value = {
    name: 'x',
    list: [1, 2.5, { deep: null }],
    spread: Number.NaN,
    limit: Number.POSITIVE_INFINITY,
    weights: table,
    bytes: Uint8Array.of(1, 2, 255),
    files: new Map<string, string | Uint8Array>([
      ['src/a.c', 'int a;\n'],
      ['w.bin', Uint8Array.of(7)],
    ]),
  };
  const files = encodeArtifact(value);
  expect([...files.keys()].toSorted()).toEqual(['artifact.json', 'bytes.bin', 'files/src/a.c', 'files/w.bin', 'weights.safetensors']);
  const decoded = decodeArtifact(files) as typeof value;
  expect({ ...decoded, weights: 0 }).toEqual({ ...value, weights: 0 });
  expect([...decoded.weights.keys()].toSorted()).toEqual(['a.bias', 'b.weight']);
  expect(decoded.weights.get('b.weight')).toEqual(table.get('b.weight'));
});

test('equal tables give equal bytes whatever the order of insertion', () => {
  const reversed = new Map([...table].toReversed());
  expect(writeSafetensors(reversed)).toEqual(writeSafetensors(table));
});

test('a truncated safetensors file is refused', () => {
  const bytes = writeSafetensors(table);
  expect(() => readSafetensors(bytes.subarray(0, -1))).toThrow('tensor b.weight ends behind the file');
});

test('what cannot be stored exactly is refused with its place', () => {
  expect(() => encodeArtifact({ history: { loss: Float64Array.of(1) } })).toThrow(
    'Float64Array at history.loss: only float32 tensors, bytes and plain data can be stored',
  );
});
