// Own images that are no good, through the command line. A data set whose images are one colour each, 16x16.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { config, inFolder, refused, smallSpace } from './bad-input.ts';
import { animatedWebp, cmykJpeg, deepPng, hugePng, picture } from '../../packages/data/src/image-folder/pictures.test-helper.ts';

const { at, write, nasc } = inFolder();

const whole: Record<string, Uint8Array> = {};
beforeAll(async () => {
  for (const [index, name] of ['train/a/1', 'train/a/2', 'train/b/1', 'test/a/1', 'test/b/1'].entries()) {
    whole[`pets/${name}.png`] = await picture(40 * index + 20)
      .png()
      .toBuffer();
  }
});
afterAll(() => Object.keys(whole).forEach((name) => delete whole[name]));

/** `nasc run` on a folder of images; what a stage prints about itself is left out. */
const runOn = async (files: Readonly<Record<string, Uint8Array>>, line = 'run --to expand', changes: object = {}) => {
  for (const [name, bytes] of Object.entries(files)) await write(name, bytes);
  await write('nasc.config.json', {
    ...config,
    task: { dataset: { name: 'image-folder', path: at('pets') } },
    space: smallSpace,
    ...changes,
  });
  const { code, text } = await nasc(line);
  return {
    code,
    text: text
      .split('\n')
      .filter((shown) => !shown.startsWith('expand: '))
      .join('\n'),
  };
};

test('whole images are read: 16 bits, CMYK, animated ones by their first picture, and PNG that is called .jpg', async () => {
  const unusual = {
    'pets/train/a/3.png': await deepPng(),
    'pets/train/b/3.jpg': await cmykJpeg(),
    'pets/train/b/4.webp': await animatedWebp(),
  };
  expect(await runOn({ ...whole, ...unusual, 'pets/train/b/5.jpg': whole['pets/train/a/1.png']! })).toEqual({ code: 0, text: '' });
});

test('images that do not decode: each is named, and why', async () => {
  const jpeg = await picture(90, 64).jpeg().toBuffer();
  const cut = jpeg.subarray(0, jpeg.length - 40);
  const bad = {
    'pets/train/a/cut.jpg': cut,
    'pets/train/a/empty.png': new Uint8Array(),
    'pets/train/b/text.png': Buffer.from('no image'),
    'pets/test/a/huge.png': hugePng(),
  };
  const { code, text } = await runOn({ ...whole, ...bad });
  expect(code).toBe(1);
  const hint = `\n  hint: Replace the file or remove it.`;
  const messages = text
    .trimEnd()
    .split(/\n(?=error)/)
    .toSorted();
  expect(messages).toEqual([
    `error DATA_IMAGE_DAMAGED: The image cannot be decoded: VipsJpeg: premature end of JPEG image.\n  at FOLDER/pets/train/a/cut.jpg${hint}`,
    `error DATA_IMAGE_DAMAGED: The image cannot be decoded: it has more than 100 million pixels.\n  at FOLDER/pets/test/a/huge.png${hint}`,
    `error DATA_IMAGE_DAMAGED: The image cannot be decoded: its content is no image of a known format.\n  at FOLDER/pets/train/b/text.png${hint}`,
    `error DATA_IMAGE_DAMAGED: The image cannot be decoded: the file is empty.\n  at FOLDER/pets/train/a/empty.png${hint}`,
  ]);
});

const layout = 'Expected train/CLASS/IMAGE and test/CLASS/IMAGE, or CLASS/IMAGE; images are .jpg, .jpeg, .png or .webp.';

describe('folders', () => {
  test.each<[string, readonly string[], string]>([
    ['empty', ['pets/notes.txt'], `error DATA_FOLDER_EMPTY: There is no image here.\n  at FOLDER/pets\n  hint: ${layout}`],
    [
      'one class only',
      ['pets/train/a/1.png', 'pets/test/a/1.png'],
      `error DATA_TOO_FEW_CLASSES: At least 2 classes are needed, there is a.\n  at FOLDER/pets\n  hint: ${layout}`,
    ],
    [
      'train without test',
      ['pets/train/a/1.png', 'pets/train/b/1.png'],
      `error DATA_SPLIT_MISSING: There is no test image.\n  at FOLDER/pets\n  hint: ${layout} With classes on the first level, a share of the images is held out for test (option \`testShare\`).`,
    ],
    [
      'a class that has test images only',
      ['pets/train/a/1.png', 'pets/train/b/1.png', 'pets/test/c/1.png'],
      `error DATA_CLASS_WITHOUT_TRAINING: Class "c" has no training image.\n  at FOLDER/pets\n  hint: Add images of it, or remove the class from test.`,
    ],
    [
      'classes that differ in capitals',
      ['pets/train/cat/1.png', 'pets/train/Cat/2.png', 'pets/test/cat/1.png'],
      `error DATA_CLASSES_ALIKE: Classes "Cat" and "cat" differ only in capitals or in how letters are encoded.\n  at FOLDER/pets\n  hint: Put their images into one folder, or give one of them another name.`,
    ],
  ])('%s', async (_, names, message) => {
    const image = whole['pets/train/a/1.png']!;
    expect(await runOn(Object.fromEntries(names.map((name) => [name, image])))).toEqual(refused(message));
  });

  test('a name that is no UTF-8', async ({ skip }) => {
    await write('pets/train/a/1.png', whole['pets/train/a/1.png']!);
    const name = Buffer.concat([Buffer.from(`${at('pets/train/a')}/caf`), Buffer.from([0xe9]), Buffer.from('.png')]);
    const made = await writeFile(name, 'x').then(
      () => true,
      () => false,
    );
    if (!made) skip('this file system takes UTF-8 names only');
    expect(await runOn(whole)).toEqual(
      refused(
        `error DATA_NAME_NOT_UTF8: The name "caf\uFFFD.png" holds bytes that are not UTF-8.\n  at FOLDER/pets/train/a\n  hint: Rename the file or folder.`,
      ),
    );
  });

  test('images smaller than the space needs', async () => {
    const stages = [
      { width: 8, blocks: 1, stride: 4 },
      { width: 8, blocks: 1, stride: 4 },
    ];
    expect(await runOn(whole, 'run --to expand', { space: { ...smallSpace, stages } })).toEqual(
      refused(`error SPACE_IMAGE_TOO_SMALL: Nothing is left of the image: 2x2 pixels reach "stage2.block1", which has stride 4.
  at nasc.config.json#/space/stages/1, stage expand, pass expandBlocks
  hint: Use larger images ("input.resolution"), or lower the stride of a stage or of the stem.`),
    );
  });

  test('fewer images than are held out; a class of which none is left', async () => {
    const dataset = { name: 'image-folder', path: at('pets') };
    const place = 'nasc.config.json#/task, stage train, pass warm-up';
    expect(await runOn(whole, 'run --to train', { task: { dataset } })).toEqual(
      refused(`error TASK_NOT_ENOUGH_IMAGES: Of 3 images, 3000 are held out for the gates and 2000 for scoring: none is left to train on.
  at ${place}
  hint: Raise searchImages, or lower archValidationImages and scoringImages, which come out of them.`),
    );
    const { code, text } = await runOn(whole, 'run --to train', { task: { dataset, archValidationImages: 1, scoringImages: 1 } });
    expect(code).toBe(1);
    expect(text).toMatch(
      /^error TASK_CLASS_NOT_TRAINED: None of the 1 images that are left to train on is of "[ab]"\.\n {2}at nasc\.config\.json#\/task, stage train, pass warm-up\n {2}hint: Add images of it, raise searchImages, or lower archValidationImages and scoringImages, which come out of them\.\n$/,
    );
  });
});

test('a data set of a plugin that contradicts itself', async () => {
  await write(
    'mine.mjs',
    `const shape = { height: 4, width: 4, channels: 1 };
const split = (labels) => ({ ...shape, count: 3, labels: Uint16Array.from(labels), load: () => ({ ...shape, pixels: new Uint8Array(16) }) });
export default { name: 'mine', apiVersion: 1, setup(api) { api.addDataset({
  name: 'mine', description: 'For this test.', optionsSchema: { type: 'object' },
  load: async () => ({ ...shape, name: 'mine', classes: ['a', 'a'], train: split([0, 5, 1]), test: split([0]), manifestHash: '', source: '', defaultAugmentation: {} }),
}); } };`,
  );
  await write('nasc.config.json', { ...config, task: { dataset: 'mine' }, space: smallSpace, plugins: ['./mine.mjs'] });
  const place = 'at nasc.config.json#/task/dataset\n  hint: This is an error of the plugin that reads it, or of the files that it reads.';
  expect(await nasc('run --to expand')).toEqual(
    refused(
      [
        'two of its classes are called "a"',
        'it has no manifestHash, by which its artifacts are told apart',
        'label 1 of the train split is 5, but there are 2 classes (0 to 1)',
        'the test split has 3 images and 1 labels',
      ]
        .map((fault) => `error DATASET_MALFORMED: Data set "mine" is not whole: ${fault}.\n  ${place}`)
        .join('\n'),
    ),
  );
});
