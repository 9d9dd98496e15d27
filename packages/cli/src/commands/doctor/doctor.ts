// `nasc doctor`: what of this machine nasc can use, and what is missing for the rest.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setUpPlugins } from '@nasc/core';
import { searchPath } from '@nasc/data';
import type { Arguments } from '../../arguments/command.ts';
import { readDataDir } from '../../arguments/data-dir.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { loadBuiltinPlugins } from '../../library/builtin-plugins.ts';
import { formatTable } from '../../text/format-table.ts';
import { findMachine } from './find-machine.ts';
import { findDatasets, findEngines, findTargets } from './find-plugins.ts';
import { optional } from './finding.ts';
import type { Finding } from './finding.ts';

const label = ({ ok, needed }: Finding): string => (ok ? 'ok' : needed ? 'MISSING' : 'absent');

/** Exit code 1 when something that every run needs is missing. */
export const doctor = async (parsed: Arguments, io: Io): Promise<number> => {
  const host = await setUpPlugins(await loadBuiltinPlugins());
  const path = searchPath({ env: io.env, folder: io.folder, ...(await readDataDir(parsed, io)) });
  const places = path.map((folder) => (existsSync(resolve(folder)) ? folder : `${folder} (not there)`));
  const findings: readonly Finding[] = [
    ...(await findMachine(io.env)),
    ...(await findEngines(host, io.folder)),
    ...(await findTargets(host, io.folder)),
    ...(await findDatasets(host, path)),
    optional('search path', places.join(', '), ''),
  ];
  const usable = findings.every(({ ok, needed }) => ok || !needed);
  if (parsed.flag('json')) printJson(io.stdout, { ok: usable, findings, searchPath: path });
  else {
    const rows = findings.flatMap((finding) => [
      [label(finding), finding.name, finding.detail],
      ...(finding.hint === undefined ? [] : [['', '', finding.hint]]),
    ]);
    printLine(io.stdout, formatTable(rows).join('\n'));
  }
  return usable ? 0 : 1;
};
