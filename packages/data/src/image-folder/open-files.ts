// Images in files, as any thread loads them.
import { DiagnosticError } from '@nasc/diagnostics';
import { findInMemory } from '../cache/memory-cache.ts';
import type { Raster } from '../dataset.ts';
import type { FilesSource, LoadImage } from '../image-source.ts';
import { decodeImage, decodingFault } from './decode-image.ts';
import { createFileReader, placeOf } from './file-table.ts';
import { messages } from './messages.ts';

/** Errors of `load`: `DATA_IMAGE_DAMAGED`, `DATA_FILE_UNREADABLE`, `DATA_TAR_CHANGED`, which name the file. */
export const openFiles = ({ table, first, channels, narrow, kept }: FilesSource): LoadImage => {
  const read = createFileReader(table);
  const narrowed = (image: Raster): Raster =>
    narrow ? { ...image, channels: 1, pixels: image.pixels.filter((_, i) => i % channels === 0) } : image;
  const decode = async (index: number): Promise<Raster> => {
    const image = await decodeImage(read(index), channels).catch((error: Error) => {
      throw new DiagnosticError([messages.notDecoded(placeOf(table, index), decodingFault(error))], { cause: error });
    });
    return narrowed(image);
  };
  return (index) => {
    const found = kept && findInMemory(kept, first + index);
    return found ? narrowed(found) : decode(first + index);
  };
};
