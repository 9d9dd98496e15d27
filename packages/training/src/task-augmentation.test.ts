import type { Augmentation } from '@nasc/data';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { expect, test } from 'vitest';
import { taskAugmentation } from './task-augmentation.ts';

const size = { height: 32, width: 40 };
const merged = (defaultAugmentation: Augmentation, given: Augmentation): Augmentation =>
  taskAugmentation({ ...size, defaultAugmentation }, given);

test('what is given replaces the default of the same name; false and 0 switch it off', () => {
  expect(merged({ flip: true, crop: 4 }, {})).toEqual({ flip: true, crop: 4 });
  expect(merged({ flip: true, crop: 4 }, { flip: false, cutout: 16 })).toEqual({ flip: false, crop: 4, cutout: 16 });
  expect(merged({ flip: true, crop: 4, mixup: 0.2, colourJitter: { hue: 0.1 } }, { crop: 0, mixup: 0, colourJitter: false })).toEqual({
    flip: true,
    crop: 0,
    mixup: 0,
    colourJitter: false,
  });
});

test('one way of cropping that is given replaces the other one', () => {
  expect(merged({ flip: true, crop: 4 }, { randomResizedCrop: {} })).toEqual({ flip: true, randomResizedCrop: {} });
  expect(merged({ flip: true, crop: 4 }, { randomResizedCrop: false })).toEqual({ flip: true, crop: 4, randomResizedCrop: false });
  expect(merged({ randomResizedCrop: { scale: [0.2, 1] } }, { crop: 2 })).toEqual({ crop: 2 });
  expect(merged({ randomResizedCrop: { scale: [0.2, 1] } }, { crop: 0 })).toEqual({ randomResizedCrop: { scale: [0.2, 1] }, crop: 0 });
});

test('what is as large as the image is refused', () => {
  expect(merged({}, { cutout: 31, crop: 31 })).toEqual({ cutout: 31, crop: 31 });
  let text = '';
  try {
    merged({}, { cutout: 48, crop: 32 });
  } catch (error) {
    text = error instanceof DiagnosticError ? formatDiagnostics(error.diagnostics) : String(error);
  }
  expect(text).toBe(`error TASK_AUGMENTATION_SIZE: "task.augmentation.crop" is 32 pixels, and the images are 32x40.
  at /task/augmentation/crop
  hint: Give a number below 32, or 0 to switch it off.
error TASK_AUGMENTATION_SIZE: "task.augmentation.cutout" is 48 pixels, and the images are 32x40.
  at /task/augmentation/cutout
  hint: Give a number below 32, or 0 to switch it off.`);
});
