import { elementCount, float32, TypeInferenceError } from '@nasc/ir';
import type { Attributes, OpDefinition, TensorType } from '@nasc/ir';
import { describe, expect, test } from 'vitest';
import { primitiveOps } from './primitive-ops.ts';

const op = (name: string): OpDefinition => primitiveOps.find((definition) => definition.name === name)!;

describe('published costs (ProxylessNAS, 224 x 224)', () => {
  const cost = (name: string, attributes: Attributes, input: TensorType) => {
    const definition = op(name);
    const output = definition.inferType(attributes, [input]);
    return {
      shape: output.shape,
      macs: definition.macs!(attributes, [input], output),
      parameters: definition.parameters!(attributes, [input]).reduce((sum, { shape }) => sum + elementCount(shape), 0),
    };
  };

  test('stem, depthwise, pointwise and classifier', () => {
    expect(cost('conv2d', { width: 32, kernel: 3, stride: 2 }, float32(224, 224, 3))).toEqual({
      shape: [112, 112, 32],
      macs: 3 * 32 * 9 * 112 * 112,
      parameters: 864,
    });
    expect(cost('depthwiseConv2d', { kernel: 7, stride: 2 }, float32(112, 112, 96))).toEqual({
      shape: [56, 56, 96],
      macs: 96 * 49 * 56 * 56,
      parameters: 96 * 49,
    });
    expect(cost('conv2d', { width: 1280, kernel: 1 }, float32(7, 7, 320))).toEqual({
      shape: [7, 7, 1280],
      macs: 320 * 1280 * 49,
      parameters: 320 * 1280,
    });
    expect(cost('linear', { width: 1000 }, float32(1280))).toEqual({ shape: [1000], macs: 1_280_000, parameters: 1_281_000 });
  });
});

test('initial values are the published ones: he_fout, not divided by the groups', () => {
  const init = (name: string, attributes: Attributes, input: TensorType) =>
    Object.fromEntries(op(name).parameters!(attributes, [input]).map((parameter) => [parameter.name, parameter.init]));
  expect(init('conv2d', { width: 32, kernel: 3, groups: 4, bias: true }, float32(8, 8, 8))).toEqual({
    weight: { kind: 'normal', std: Math.sqrt(2 / (9 * 32)) },
    bias: { kind: 'constant', value: 0 },
  });
  expect(init('depthwiseConv2d', { kernel: 5 }, float32(8, 8, 24))).toEqual({ weight: { kind: 'normal', std: Math.sqrt(2 / (25 * 24)) } });
  expect(init('linear', { width: 10 }, float32(64))).toEqual({
    weight: { kind: 'uniform', limit: 1 / 8 },
    bias: { kind: 'constant', value: 0 },
  });
  expect(init('batchNorm', {}, float32(4, 4, 3))).toMatchObject({
    scale: { value: 1 },
    shift: { value: 0 },
    runningVariance: { value: 1 },
  });
});

test('zero has the shape of the convolutions beside it, for every size and stride', () => {
  for (const size of [1, 2, 5, 8, 9]) {
    for (const stride of [1, 2, 3]) {
      const input = float32(size, size + 1, 4);
      const expected = op('conv2d').inferType({ width: 6, kernel: 3, stride }, [input]);
      expect(op('zero').inferType({ width: 6, stride }, [input])).toEqual(expected);
    }
  }
});

describe('what does not fit is said in one sentence', () => {
  const rows: readonly [string, Attributes, readonly TensorType[], string][] = [
    ['conv2d', { width: 8, kernel: 3 }, [float32(10)], 'conv2d takes an image [H, W, C], not [10]'],
    ['conv2d', { width: 8, kernel: 3, groups: 3 }, [float32(4, 4, 9)], 'conv2d: 3 groups do not divide 9 channels in and 8 out'],
    ['conv2d', { width: 8, kernel: 7, padding: 0 }, [float32(4, 9, 3)], 'conv2d: a window of 7 does not fit 4 with padding 0'],
    ['linear', { width: 8 }, [float32(4, 4, 3)], 'linear takes a vector [C], not [4, 4, 3]'],
    ['add', {}, [float32(4, 4, 3), float32(4, 4, 4)], 'add takes values of one shape, not 4x4x3 f32 and 4x4x4 f32'],
    ['mul', {}, [float32(4, 4, 3), float32(4)], 'mul: a factor 4 f32 does not fit 4x4x3 f32'],
    ['mul', {}, [float32(3), float32(1, 1, 3)], 'mul: a factor 1x1x3 f32 does not fit 3 f32'],
    ['slice', { axis: 2, start: 2, end: 9 }, [float32(4, 4, 8)], 'slice: 2 to 9 is no range of 8 elements'],
    ['slice', { axis: 3, start: 0, end: 1 }, [float32(4, 4, 8)], 'slice: [4, 4, 8] has no axis 3'],
    ['pad', { before: [1], after: [1] }, [float32(4, 4, 8)], 'pad: [1] and [1] are not one number for each axis of [4, 4, 8]'],
    ['reshape', { shape: [7] }, [float32(2, 2, 2)], 'reshape: [2, 2, 2] has 8 elements, [7] has 7'],
    ['transpose', { permutation: [0, 0] }, [float32(2, 2)], 'transpose: [0, 0] is no permutation of the axes of [2, 2]'],
    ['transpose', { permutation: [0] }, [float32(1, 1, 1, 1, 2)], 'transpose takes values of at most 4 axes, not [1, 1, 1, 1, 2]'],
    ['concat', { axis: 0 }, [float32(2, 3), float32(2, 4)], 'concat along axis 0: 2x4 f32 does not fit 2x3 f32'],
    ['maxPool', { kernel: 2, padding: 2 }, [float32(4, 4, 8)], 'maxPool: padding 2 is more than half of kernel 2'],
  ];
  test.each(rows)('%s %j', (name, attributes, inputs, message) => {
    expect(() => op(name).inferType(attributes, inputs)).toThrow(new TypeInferenceError(message));
  });
});
