import { expect, test } from 'vitest';
import type { Augmentation } from '../dataset.ts';
import { drawTransform } from './draw-transform.ts';
import { evaluationTransform } from './evaluation-transform.ts';

const source = { height: 60, width: 80 };
const output = { height: 32, width: 32 };
const keyOf = (index: number, epoch = 1) => ({ seed: 11, stream: 'warmup.augment', epoch, index });
const draw = (augmentation: Augmentation, index: number, epoch?: number) =>
  drawTransform(augmentation, source, output, keyOf(index, epoch));

const everything = {
  flip: true,
  crop: 4,
  randomResizedCrop: {},
  colourJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  cutout: 8,
} satisfies Augmentation;

test('a transform is a function of its key, and plain data', () => {
  const indices = [5, 900_000, 17, 0, 44];
  const first = indices.map((index) => draw(everything, index));
  const again = indices.toReversed().map((index) => draw(everything, index));
  expect(again.toReversed()).toEqual(first);
  expect(structuredClone(first)).toEqual(first);
  expect(draw(everything, 5, 2)).not.toEqual(first[0]);
  expect(draw(everything, 6)).not.toEqual(first[0]);
});

test('no option changes what another one draws', () => {
  for (let index = 0; index < 20; index++) {
    const all = draw(everything, index);
    const { randomResizedCrop, colourJitter, cutout, flip, crop } = everything;
    expect(draw({ randomResizedCrop }, index).window).toEqual(all.window);
    expect(draw({ colourJitter }, index).colours).toEqual(all.colours);
    expect(draw({ cutout }, index).cutout).toEqual(all.cutout);
    expect(draw({ flip, crop }, index).placement).toEqual(all.placement);
    expect(draw({ flip, randomResizedCrop }, index).placement.flip).toBe(all.placement.flip);
  }
});

test('options do not share their draws', () => {
  const draws = Array.from({ length: 400 }, (_, index) => draw({ flip: true, cutout: 2, colourJitter: { brightness: 0.5 } }, index));
  const share = (holds: (transform: (typeof draws)[number]) => boolean): number => draws.filter(holds).length / draws.length;
  // Independent halves: a quarter each, standard deviation 0.022.
  const lowerHalf = ({ cutout }: (typeof draws)[number]): boolean => cutout!.top >= 15;
  const brighter = ({ colours }: (typeof draws)[number]): boolean => colours[0]!.amount > 1;
  const flipped = ({ placement }: (typeof draws)[number]): boolean => placement.flip;
  expect(Math.abs(share((transform) => flipped(transform) && lowerHalf(transform)) - 0.25)).toBeLessThan(0.09);
  expect(Math.abs(share((transform) => flipped(transform) && brighter(transform)) - 0.25)).toBeLessThan(0.09);
  expect(Math.abs(share((transform) => brighter(transform) && lowerHalf(transform)) - 0.25)).toBeLessThan(0.09);
});

test('what is false or 0 is off: the image as evaluation sees it', () => {
  const off = { flip: false, crop: 0, randomResizedCrop: false, colourJitter: false, cutout: 0, mixup: 0 } as const;
  expect(draw(off, 3)).toEqual(evaluationTransform(1, source, output));
  expect(draw({}, 3)).toEqual(evaluationTransform(1, source, output));
});

test('an object without numbers is the published range', () => {
  for (let index = 0; index < 20; index++) {
    expect(draw({ randomResizedCrop: {} }, index)).toEqual(draw({ randomResizedCrop: { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } }, index));
  }
});
