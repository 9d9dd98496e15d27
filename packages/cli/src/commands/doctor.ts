// `nasc doctor`: what of this machine nasc can use, and what is missing for the rest.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { detectVectorWidth, findCompiler, vectorFlags } from '@nasc/c-emit';
import { validateOptions } from '@nasc/config';
import { setUpPlugins } from '@nasc/core';
import type { PluginHost } from '@nasc/core';
import { searchPath } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { hostProcessor } from '@nasc/measure';
import { loadOnnxRuntime } from '@nasc/onnx';
import type { Arguments } from '../arguments/command.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { loadBuiltinPlugins } from '../library/builtin-plugins.ts';
import { formatTable } from '../text/format-table.ts';

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string;
}

/** A diagnostic is a finding too; anything else that is thrown is a bug. */
const find = async (name: string, look: () => Promise<string> | string): Promise<Finding> => {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [{ message, hint } = { message: error.message }] = error.diagnostics;
    return { name, ok: false, detail: message, ...(hint !== undefined && { hint }) };
  }
};

const vectors = (): string => {
  const width = detectVectorWidth();
  return `${width}, ${vectorFlags[width].lanes} numbers at a time`;
};

const engines = async ({ registrations }: PluginHost, folder: string): Promise<readonly Finding[]> => {
  const options = { threads: cpus().length, cacheFolder: join(folder, '.nasc', 'cache') };
  return Promise.all(
    registrations.all('engine').map(async ({ value }) => {
      const { available, detail } = await value.probe(options);
      return { name: `engine ${value.name}`, ok: available, detail };
    }),
  );
};

const targets = ({ registrations }: PluginHost): Promise<readonly Finding[]> =>
  Promise.all(
    registrations.all('target').map(({ value }) =>
      find(`target ${value.name}`, async () => {
        const target = value.create(validateOptions(value.optionsSchema, {}, `target ${value.name}`));
        return (await target.device()).description;
      }),
    ),
  );

const datasets = ({ registrations }: PluginHost, path: readonly string[]): Promise<readonly Finding[]> =>
  Promise.all(
    registrations.all('dataset').map(async ({ value }) => {
      const place = await value.find?.(path);
      const detail = place ?? (value.find ? `not on this machine: ${value.description}` : value.description);
      return { name: `data set ${value.name}`, ok: true, detail };
    }),
  );

/** Exit code 1 when something that every run needs is missing. */
export const doctor = async (parsed: Arguments, io: Io): Promise<number> => {
  const host = await setUpPlugins(await loadBuiltinPlugins());
  const dataDir = parsed.value('data-dir');
  const path = searchPath({ env: io.env, folder: io.folder, ...(dataDir !== undefined && { dataDir }) });
  const { model, cores, architecture, memoryGiB } = hostProcessor();
  const enginesFound = await engines(host, io.folder);
  const findings: readonly Finding[] = [
    { name: 'node', ok: true, detail: `${process.versions.node}, ${process.platform} ${process.arch}` },
    { name: 'processor', ok: true, detail: `${model} (${architecture}), ${cores} threads, ${memoryGiB} GiB` },
    await find('vectors', vectors),
    await find('C compiler', async () => {
      const { command, version } = await findCompiler();
      return `${command}: ${version}`;
    }),
    await find('ONNX Runtime', async () => {
      const { env } = await loadOnnxRuntime();
      return env.versions.node ?? env.versions.common;
    }),
    ...enginesFound,
    ...(await targets(host)),
    ...(await datasets(host, path)),
    {
      name: 'search path',
      ok: true,
      detail: path.map((folder) => (existsSync(resolve(folder)) ? folder : `${folder} (not there)`)).join(', '),
    },
  ];
  const usable = enginesFound.some(({ ok }) => ok) && findings.every(({ name, ok }) => ok || name.startsWith('engine'));
  if (parsed.flag('json')) printJson(io.stdout, { ok: usable, findings, searchPath: path });
  else {
    const rows = findings.flatMap(({ name, ok, detail, hint }) => [
      [ok ? 'ok' : 'MISSING', name, detail],
      ...(hint === undefined ? [] : [['', '', hint]]),
    ]);
    printLine(io.stdout, formatTable(rows).join('\n'));
  }
  return usable ? 0 : 1;
};
