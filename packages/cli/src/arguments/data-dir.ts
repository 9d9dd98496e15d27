// `--data-dir DIR`: the first folder of the data search path.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Io } from '../io.ts';
import { messages } from '../messages.ts';
import type { Arguments } from './command.ts';

/** Absolute, seen from the current folder; nothing where the option is not given. A mistyped folder would be passed over silently. */
export const readDataDir = async (parsed: Arguments, io: Io): Promise<{ readonly dataDir?: string }> => {
  const given = parsed.value('data-dir');
  if (given === undefined) return {};
  const dataDir = resolve(io.folder, given);
  const found = await stat(dataDir).catch(() => undefined); // whatever the reason, nothing can be looked for in it
  if (!found?.isDirectory()) throw new DiagnosticError([messages.noDataFolder(given)]);
  return { dataDir };
};
