// Small image files that differ from each other.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Random } from '@nasc/random';
import sharp from 'sharp';

/** PNG or JPEG of a size, noise of its own by number. */
export const noiseImage = (number: number, height: number, width: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> => {
  const random = new Random({ seed: 1, stream: 'test.image', index: number });
  const pixels = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256));
  return sharp(pixels, { raw: { height, width, channels: 3 } })
    .toFormat(format)
    .toBuffer();
};

/** `perClass` training and 2 test images of classes a and b, 12x10 to 16x10: path -> content. */
export const smallSet = async (perClass: number): Promise<Readonly<Record<string, Buffer>>> => {
  const files: Record<string, Buffer> = {};
  for (let number = 0; number < perClass; number++) {
    for (const [label, name] of ['a', 'b'].entries()) {
      const image = await noiseImage(2 * number + label, 12 + (number % 5), 10, number % 3 === 0 ? 'jpeg' : 'png');
      files[`train/${name}/${number}.img.${number % 3 === 0 ? 'jpg' : 'png'}`] = image;
    }
  }
  for (const [i, path] of ['test/a/0.png', 'test/b/0.png', 'test/a/1.png', 'test/b/1.png'].entries()) {
    files[path] = await noiseImage(1000 + i, 12, 10);
  }
  return files;
};

export const writeFiles = async (root: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
};
