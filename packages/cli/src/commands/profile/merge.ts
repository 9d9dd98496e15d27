// `nasc profile merge`: profiles of one device as one.
import { relative, resolve } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { mergeProfiles, writeProfile } from '@nasc/profile';
import type { Arguments } from '../../arguments/command.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { formatProfile } from './format-profile.ts';
import { findProfile } from './read-profiles.ts';

export const merge = async (parsed: Arguments, io: Io): Promise<number> => {
  const { positionals } = parsed;
  const output = parsed.value('output');
  if (positionals.length === 0) throw new DiagnosticError([messages.profilesMissing('merge', 1)]);
  if (output === undefined) throw new DiagnosticError([messages.optionMissing('profile merge', '--output', 'FILE')]);
  const host = await setUpHost(undefined);
  const merged = mergeProfiles(
    positionals.map((name) => findProfile(name, host, io.folder)),
    parsed.value('device'),
  );
  const file = resolve(io.folder, output);
  await writeProfile(file, merged);
  const shown = relative(io.folder, file);
  if (parsed.flag('json')) printJson(io.stdout, { file: shown, device: merged.device, blocks: Object.keys(merged.blocks).length });
  else printLine(io.stdout, [...formatProfile(merged), '', `written to ${shown}`].join('\n'));
  return 0;
};
