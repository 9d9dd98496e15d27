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

test('plain numbers, absent values and arrays of numbers come back with the same bits', () => {
  const value = {
    zeros: [0, -0],
    extremes: [Number.MIN_VALUE, Number.MAX_VALUE, -1 / 3, Number.NEGATIVE_INFINITY],
    holes: [undefined, 1, null],
    sums: Float64Array.of(0.1, -0, Number.NaN, 5e-324),
    order: Uint32Array.of(4294967295, 0),
    seen: BigUint64Array.of(2n ** 64n - 1n),
    steps: Int8Array.of(-128, 127),
    odd: new Float32Array(new Float32Array([1, -0, 3e-39]).buffer, 4),
    empty: new Float64Array(0),
  };
  const decoded = decodeArtifact(encodeArtifact(value)) as typeof value;
  expect(decoded).toEqual(value);
  expect(decoded.zeros.map((zero) => Object.is(zero, -0))).toEqual([false, true]);
  expect(Object.is(decoded.sums[1], -0)).toBe(true);
  const payload = Uint32Array.of(0x7fc12345, 0xffc00001);
  const { nan } = decodeArtifact(encodeArtifact({ nan: new Float32Array(payload.buffer) })) as { nan: Float32Array };
  expect(new Uint32Array(nan.buffer)).toEqual(payload);
});

test('places that would make the same file name, or none, get files of their own', () => {
  const value = {
    'a.b': Uint8Array.of(1),
    a: { b: Uint8Array.of(2), B: Uint8Array.of(3) },
    '../up': Uint8Array.of(4),
    w: new Map([['x', 'text']]),
    'w~2': Uint8Array.of(5),
    W: new Map([['x', Uint8Array.of(6)]]),
  };
  const files = encodeArtifact(value);
  const names = [...files.keys()].map((name) => name.split('/')[0]!.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^[\w.~-]+$/.test(name) && !name.startsWith('.'))).toBe(true);
  expect(decodeArtifact(files)).toEqual(value);
});

test.each<[unknown, string]>([
  [{ state: { random: () => 1 } }, 'A function at state.random cannot be stored'],
  [{ rounds: [1, 2n] }, 'A bigint at rounds.1 cannot be stored'],
  [{ seen: new Set([1]) }, 'A Set at seen cannot be stored'],
  [new Date(0), 'A Date at the top cannot be stored'],
  [{ view: new DataView(new ArrayBuffer(1)) }, 'A DataView at view cannot be stored'],
  [{ counts: new Map([['a', 1]]) }, 'A map of neither tensors nor files at counts cannot be stored'],
  [{ counts: new Map([[1, 'a']]) }, 'A map with keys that are no text at counts cannot be stored'],
  [{ odd: { $number: '1' } }, 'The reserved key $number at odd cannot be stored'],
])('what would not come back is refused with its place: %o', (value, message) => {
  expect(() => encodeArtifact(value)).toThrow(new TypeError(message));
});
