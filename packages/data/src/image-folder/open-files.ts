// Images in files, as any thread loads them.
import { DiagnosticError } from '@nasc/diagnostics';
import type { FilesSource, LoadImage } from '../image-source.ts';
import { decodeImage, decodingFault } from './decode-image.ts';
import { createFileReader, placeOf } from './file-table.ts';
import { messages } from './messages.ts';

/** Errors of `load`: `DATA_IMAGE_DAMAGED`, `DATA_FILE_UNREADABLE`, `DATA_TAR_CHANGED`, which name the file. */
export const openFiles = ({ table, first, channels, narrow }: FilesSource): LoadImage => {
  const read = createFileReader(table);
  return async (index) => {
    const bytes = read(first + index);
    const image = await decodeImage(bytes, channels).catch((error: Error) => {
      throw new DiagnosticError([messages.notDecoded(placeOf(table, first + index), decodingFault(error))], { cause: error });
    });
    return narrow ? { ...image, channels: 1, pixels: image.pixels.filter((_, i) => i % channels === 0) } : image;
  };
};
