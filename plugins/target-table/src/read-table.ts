// A table of one's own, from a file in the format of schemas/latency-table.schema.json.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseJson, validateOptions } from '@nasc/config';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import type { LatencyTableFile } from './generated/latency-table-file.ts';
import { latencyTableSchema } from './generated/latency-table-schema.ts';
import type { LatencyTable } from './latency-table.ts';
import { messages } from './messages.ts';
import { pixel1 } from './pixel1.ts';

const readText = (file: string, folder: string): string => {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.fileUnreadable(file, reason)], { cause });
  }
};

/** `file` starts from `folder`. Throws TABLE_FILE_UNREADABLE, and whatever is wrong with the content, all at once. */
export const readTable = (file: string, folder: string): LatencyTable => {
  const content = validateOptions(latencyTableSchema, parseJson(readText(file, folder), file), `${file}#`) as unknown as LatencyTableFile;
  const { device, source, entries } = content;
  return {
    device,
    ...(source !== undefined && { source }),
    entries: new Map([...(content.extends === 'pixel1' ? pixel1.entries : []), ...Object.entries(entries)]),
  };
};
