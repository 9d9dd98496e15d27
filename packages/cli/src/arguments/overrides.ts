// Options of the command line that set keys of the config.
import type { Override } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import type { Arguments } from './command.ts';

/** `--engine` and `--threads` are short for keys of the config. */
export const readOverrides = (parsed: Arguments): readonly Override[] => {
  const threads = parsed.value('threads');
  if (threads !== undefined && !/^[1-9]\d*$/.test(threads)) throw new DiagnosticError([messages.notAThreadCount(threads)]);
  const engine = parsed.value('engine');
  return [
    ...parsed.values('set'),
    ...(threads === undefined ? [] : [{ set: `threads=${threads}`, option: `--threads ${threads}` }]),
    ...(engine === undefined ? [] : [{ set: `engine=${JSON.stringify(engine)}`, option: `--engine ${engine}` }]),
  ];
};
