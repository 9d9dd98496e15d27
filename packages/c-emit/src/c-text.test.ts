import { Random } from '@nasc/random';
import { describe, expect, it } from 'vitest';
import { cIdentifier, floatLiteral, indent, stringLiteral, wrapList } from './c-text.ts';

const parseHexFloat = (text: string): number => {
  const match = /^(-?)0x([01])(?:\.([0-9a-f]+))?p(-?\d+)f$/.exec(text)!;
  const fraction = match[3] ? Number.parseInt(match[3], 16) / 16 ** match[3].length : 0;
  return (match[1] ? -1 : 1) * (Number(match[2]) + fraction) * 2 ** Number(match[4]);
};

describe('floatLiteral', () => {
  it('writes the exact value, for ordinary, tiny and huge numbers', () => {
    expect(floatLiteral(1)).toBe('0x1p0f');
    expect(floatLiteral(-0.1)).toBe('-0x1.99999ap-4f');
    expect(floatLiteral(0)).toBe('0.0f');
    expect(floatLiteral(-0)).toBe('-0.0f');
    const random = new Random({ seed: 1, stream: 'test.floatLiteral' });
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    for (let i = 0; i < 5000; i++) {
      bits[0] = random.uint32();
      if (!Number.isFinite(value[0]) || value[0] === 0) continue;
      expect(parseHexFloat(floatLiteral(value[0]!))).toBe(value[0]);
    }
  });

  it('refuses what is no weight', () => {
    expect(() => floatLiteral(Number.NaN)).toThrow('NaN cannot be a weight');
  });
});

describe('text', () => {
  it('makes identifiers', () => {
    expect(['stage2.block1.k5e6', '3x3', 'ok_1', ''].map((text) => cIdentifier(text))).toEqual(['stage2_block1_k5e6', '_3x3', 'ok_1', '_']);
  });

  it('writes strings of any text as ASCII', () => {
    expect(stringLiteral('T-shirt/top')).toBe('"T-shirt/top"');
    expect(stringLiteral('"a\\b" ??/ é1\n')).toBe(String.raw`"\"a\\b\" \?\?/ \303\2511\012"`);
  });

  it('indents lines but not empty ones', () => {
    expect(indent('a\n\nb', 2)).toBe('    a\n\n    b');
  });

  it('wraps lists at the width', () => {
    expect(wrapList(['11', '22', '33'], 8)).toBe('11, 22,\n33,');
  });
});
