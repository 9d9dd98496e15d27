// Image files of unusual kinds.
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export const picture = (level: number, size = 16) =>
  sharp({ create: { width: size, height: size, channels: 3, background: { r: level, g: 255 - level, b: 7 } } });

export const deepPng = (): Promise<Buffer> => picture(80).toColourspace('rgb16').png().toBuffer();
export const cmykJpeg = (): Promise<Buffer> => picture(80).toColourspace('cmyk').jpeg().toBuffer();

/** Two pictures in one file. */
export const animatedWebp = async (): Promise<Buffer> => {
  const frames = await Promise.all([picture(10), picture(200)].map((frame) => frame.png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();
};

const chunk = (type: string, content: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
};

/** A file of some kilobytes that says 50 000 x 50 000 pixels of it. */
export const hugePng = (): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(50_000, 0);
  header.writeUInt32BE(50_000, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100_000))),
    chunk('IEND', new Uint8Array()),
  ]);
};
