import { describe, expect, test } from 'vitest';
import { validateConfig, validateOptions, validateSpace } from '../index.ts';
import { configMessage, messageOf, minimal } from './messages.test-helper.ts';

describe('a config that is right', () => {
  test('gets every default, nested ones too', () => {
    const config = validateConfig(minimal, 'nasc.config.json');
    expect(config.task.archValidationImages).toBe(3000);
    expect(config.constraints).toEqual({});
    expect(config.derive.select).toEqual({ method: 'knapsack', candidates: 8, rounds: 4 });
    expect(config.train.optimizer).toEqual({
      learningRate: 0.35,
      warmUpSteps: 0,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0.00004,
      decayRoles: ['weight'],
    });
  });

  test('stays as the caller wrote it, and two configs share nothing', () => {
    const given = structuredClone(minimal);
    const first = validateConfig(given, 'a');
    const second = validateConfig(given, 'b');
    expect(given).toEqual(minimal);
    first.train.optimizer.decayRoles.push('bias');
    expect(second.train.optimizer.decayRoles).toEqual(['weight']);
  });

  test('keeps plugin values and functions in options as they are', () => {
    const plugin = { name: 'mine', apiVersion: 1, setup() {} };
    const score = () => 1;
    const config = validateConfig({ ...minimal, plugins: [plugin], targets: [{ name: 'cpu', score }] }, 'x');
    expect(config.plugins[0]).toBe(plugin);
    expect(config.targets[0]).toEqual({ name: 'cpu', score });
  });
});

describe('messages', () => {
  test('several problems in one report, in the order of the schema', () => {
    expect(configMessage({ space: 'x', targets: [], threds: 4, train: { epochs: 'six' }, seed: -1.5 })).toBe(
      `error CONFIG_MISSING_KEY: "task" is missing.
  at nasc.config.json
  hint: What the network is for.
error CONFIG_UNKNOWN_KEY: Unknown key "threds".
  at nasc.config.json#/threds
  hint: Did you mean "threads"?
error CONFIG_WRONG_VALUE: "targets" has to be a list of at least 1, and is an empty list.
  at nasc.config.json#/targets
error CONFIG_WRONG_VALUE: "seed" has to be a whole number of at least 0 and at most 4294967295, and is -1.5.
  at nasc.config.json#/seed
error CONFIG_WRONG_VALUE: "train.epochs" has to be a number of at least 0, and is "six".
  at nasc.config.json#/train/epochs`,
    );
  });

  test('an unknown key that resembles nothing lists what there is', () => {
    expect(configMessage({ ...minimal, constraints: { energy: 3 } })).toBe(
      `error CONFIG_UNKNOWN_KEY: Unknown key "energy" in "constraints".
  at nasc.config.json#/constraints/energy
  hint: Known keys: name, latencyMs, latencyShare, macs, parameters, memoryBytes, storageBytes.`,
    );
  });

  test('a misspelt choice', () => {
    expect(configMessage({ ...minimal, derive: { select: { method: 'knapsak' } } })).toBe(
      `error CONFIG_WRONG_VALUE: "derive.select.method" has to be "knapsack" or "argmax", and is "knapsak".
  at nasc.config.json#/derive/select/method
  hint: Did you mean "knapsack"?`,
    );
  });

  test.each([12, 27, 15.5])('an ONNX operator set that cannot be written: %s', (opset) => {
    expect(configMessage({ ...minimal, export: { opset } })).toBe(
      `error CONFIG_WRONG_VALUE: "export.opset" has to be a whole number of at least 13 and at most 26, and is ${opset}.
  at nasc.config.json#/export/opset
  hint: Leave it out: nearly every runtime reads operator set 15. A runtime that supports a later set reads the earlier ones too.`,
    );
  });

  test('of a union only the alternative that was meant speaks', () => {
    expect(configMessage({ ...minimal, targets: ['cpu', 3, { nam: 'dsp' }, ''] })).toBe(
      `error CONFIG_WRONG_VALUE: "targets[1]" has to be a text that is not empty or an object with "name", and is 3.
  at nasc.config.json#/targets/1
error CONFIG_MISSING_KEY: "targets[2].name" is missing.
  at nasc.config.json#/targets/2
  hint: Is "nam" meant?
error CONFIG_WRONG_VALUE: "targets[3]" has to be a text that is not empty, and is "".
  at nasc.config.json#/targets/3`,
    );
  });

  test('not an object at all', () => {
    expect(configMessage(['cpu'])).toBe(
      `error CONFIG_WRONG_VALUE: The value has to be an object with "task", "space", "targets", and is a list of 1.
  at nasc.config.json`,
    );
  });

  test('contradictions', () => {
    const task = { dataset: 'mnist', searchImages: 5000 };
    expect(configMessage({ ...minimal, task, targets: ['cpu', { name: 'cpu' }], constraints: { latencyMs: 1, latencyShare: 0.5 } })).toBe(
      `error CONFIG_CONTRADICTION: "constraints.latencyMs" and "constraints.latencyShare" are both given.
  at nasc.config.json#/constraints
  hint: Keep one: milliseconds for one device, a share for a limit that means the same on every machine.
error CONFIG_CONTRADICTION: Nothing is left to train on: of 5000 search images, 3000 are held out for the gates and 2000 for ranking.
  at nasc.config.json#/task
  hint: Raise "task.searchImages", or lower "task.archValidationImages" or "task.scoringImages".
error CONFIG_CONTRADICTION: The target "cpu" is given twice.
  at nasc.config.json#/targets/1
  hint: Give one of them another name for the results: { "name": ..., "as": ... }.`,
    );
    expect(configMessage({ ...minimal, task: { ...task, searchImages: 5050 } })).toBe(
      `error CONFIG_CONTRADICTION: A batch of 64 images does not fit into the 50 that are left to train on.
  at nasc.config.json#/train/batchSize
  hint: Lower "train.batchSize", or raise "task.searchImages".`,
    );
  });
});

describe('augmentation', () => {
  const withAugmentation = (augmentation: unknown) => ({ ...minimal, task: { dataset: 'mnist', augmentation } });

  test('every option, and every option switched off', () => {
    const everything = {
      flip: true,
      randomResizedCrop: { scale: [0.08, 1], ratio: [0.75, 1.3333] },
      colourJitter: { brightness: 0.125, saturation: 0.5 },
      cutout: 16,
      mixup: 0.2,
    };
    expect(validateConfig(withAugmentation(everything), 'x').task.augmentation).toEqual(everything);
    const nothing = { flip: false, crop: 0, randomResizedCrop: false, colourJitter: false, cutout: 0, mixup: 0 };
    expect(validateConfig(withAugmentation(nothing), 'x').task.augmentation).toEqual(nothing);
    expect(validateConfig(minimal, 'x').task.augmentation).toEqual({});
  });

  test('values out of range', () => {
    const wrong = {
      randomResizedCrop: { scale: [0, 1], ratio: [1] },
      colourJitter: { brightness: 1.5, hue: 0.7, tint: 1 },
      cutout: 2.5,
      mixup: -1,
    };
    expect(configMessage({ ...withAugmentation(wrong), task: { dataset: 'mnist', augmentation: wrong, evaluationCrop: 87.5 } })).toBe(
      `error CONFIG_WRONG_VALUE: "task.augmentation.randomResizedCrop.scale[0]" has to be a number of at least 0.01 and at most 1, and is 0.
  at nasc.config.json#/task/augmentation/randomResizedCrop/scale/0
error CONFIG_WRONG_VALUE: "task.augmentation.randomResizedCrop.ratio" has to be a list of 2, and is a list of 1.
  at nasc.config.json#/task/augmentation/randomResizedCrop/ratio
error CONFIG_UNKNOWN_KEY: Unknown key "tint" in "task.augmentation.colourJitter".
  at nasc.config.json#/task/augmentation/colourJitter/tint
  hint: Known keys: brightness, contrast, saturation, hue.
error CONFIG_WRONG_VALUE: "task.augmentation.colourJitter.brightness" has to be a number of at least 0 and at most 1, and is 1.5.
  at nasc.config.json#/task/augmentation/colourJitter/brightness
error CONFIG_WRONG_VALUE: "task.augmentation.colourJitter.hue" has to be a number of at least 0 and at most 0.5, and is 0.7.
  at nasc.config.json#/task/augmentation/colourJitter/hue
error CONFIG_WRONG_VALUE: "task.augmentation.cutout" has to be a whole number of at least 0 and at most 256, and is 2.5.
  at nasc.config.json#/task/augmentation/cutout
error CONFIG_WRONG_VALUE: "task.augmentation.mixup" has to be a number of at least 0 and at most 32, and is -1.
  at nasc.config.json#/task/augmentation/mixup
error CONFIG_WRONG_VALUE: "task.evaluationCrop" has to be a number of at least 0.25 and at most 1, and is 87.5.
  at nasc.config.json#/task/evaluationCrop`,
    );
    expect(configMessage(withAugmentation({ randomResizedCrop: true }))).toBe(
      `error CONFIG_WRONG_VALUE: "task.augmentation.randomResizedCrop" has to be false or an object, and is true.
  at nasc.config.json#/task/augmentation/randomResizedCrop`,
    );
  });

  test('contradictions', () => {
    expect(configMessage(withAugmentation({ crop: 4, randomResizedCrop: { scale: [1, 0.5], ratio: [0.5, 2] } }))).toBe(
      `error CONFIG_CONTRADICTION: "task.augmentation.crop" and "task.augmentation.randomResizedCrop" are both given.
  at nasc.config.json#/task/augmentation
  hint: Keep one: both choose the part of the image that is seen. A random resized crop suits images that are larger than the input.
error CONFIG_CONTRADICTION: "task.augmentation.randomResizedCrop.scale" goes from 1 down to 0.5.
  at nasc.config.json#/task/augmentation/randomResizedCrop/scale
  hint: The least comes first: [0.5, 1].`,
    );
    expect(configMessage(withAugmentation({ crop: 0, randomResizedCrop: {} }))).toBe('no error');
  });
});

describe('a search space', () => {
  const space = {
    name: 'small',
    stem: [{ macro: 'convBnAct', width: 8, kernel: 3 }],
    stages: [{ width: 16, blocks: 2 }],
    candidates: [{ macro: 'mbConv', kernel: 3 }],
    head: [{ macro: 'linearHead' }],
  };

  test('gets its defaults; attributes of macros are left alone', () => {
    const checked = validateSpace(space, 'small.json');
    expect(checked.stages[0]).toEqual({ width: 16, blocks: 2, stride: 1, zero: 'where-shortcut' });
    expect(checked.stem[0]).toEqual({ macro: 'convBnAct', width: 8, kernel: 3, scaleDown: true });
    expect(checked.batchNorm).toEqual({ momentum: 0.1, epsilon: 0.001 });
    expect(checked.activation).toBe('relu6');
  });

  test('is reported by its own place', () => {
    const wrong = { ...space, stages: [{ width: 16, blcks: 2, zero: 'always' }], head: [{ macr: 'linearHead' }] };
    expect(messageOf(() => validateSpace(wrong, 'nasc.config.ts#/space'))).toBe(
      `error CONFIG_MISSING_KEY: "stages[0].blocks" is missing.
  at nasc.config.ts#/space/stages/0
  hint: Is "blcks" meant?
error CONFIG_UNKNOWN_KEY: Unknown key "blcks" in "stages[0]".
  at nasc.config.ts#/space/stages/0/blcks
  hint: Did you mean "blocks"?
error CONFIG_WRONG_VALUE: "stages[0].zero" has to be "where-shortcut" or "never", and is "always".
  at nasc.config.ts#/space/stages/0/zero
error CONFIG_MISSING_KEY: "head[0].macro" is missing.
  at nasc.config.ts#/space/head/0
  hint: Is "macr" meant?`,
    );
  });
});

describe("a plugin's options", () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: {
      threads: { type: 'integer', minimum: 1, default: 1 },
      mode: {
        oneOf: [
          {
            type: 'object',
            required: ['kind'],
            properties: { kind: { const: 'fixed' }, at: { type: 'number' } },
            additionalProperties: false,
          },
          {
            type: 'object',
            required: ['kind'],
            properties: { kind: { const: 'range' }, to: { type: 'number' } },
            additionalProperties: false,
          },
        ],
      },
    },
  };

  test('defaults, and messages with the place that was given', () => {
    expect(validateOptions(schema, {}, '/targets/0')).toEqual({ threads: 1 });
    expect(messageOf(() => validateOptions(schema, { threads: 0 }, '/targets/0'))).toBe(
      `error CONFIG_WRONG_VALUE: "threads" has to be a whole number of at least 1, and is 0.
  at /targets/0/threads`,
    );
  });

  test('a union of objects is told apart by its constants', () => {
    expect(messageOf(() => validateOptions(schema, { mode: { kind: 'range', at: 3 } }, 'x'))).toBe(
      `error CONFIG_UNKNOWN_KEY: Unknown key "at" in "mode".
  at x#/mode/at
  hint: Known keys: kind, to.`,
    );
  });

  test('a schema that is none is the fault of the plugin, and says so', () => {
    expect(messageOf(() => validateOptions({ type: 'objct' }, {}, '/targets/0'))).toMatch(
      /^error OPTIONS_SCHEMA_INVALID: The schema for these options is not a JSON Schema: .*\n {2}at \/targets\/0\n {2}hint: This is an error of the plugin that defines them\.$/,
    );
  });
});
