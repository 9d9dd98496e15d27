// The Node binding, built against the library in `deps` by the package's own build tool.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { BuildTools } from './build-tools.ts';
import type { Host } from './host.ts';
import { fail, messages } from './messages.ts';
import type { Phases } from './phases.ts';
import { runCommand } from './run-command.ts';

/** Compiling two files of C++ takes about this. */
const expectedMs = 30_000;

export interface BuildPlace {
  /** A copy of the package inside the package's folder, with `deps`: gets lib/napi-v*. */
  readonly staging: string;
  readonly packageFolder: string;
  readonly logFile: string;
}

/** Throws TFJS_BUILD_FAILED. */
export const buildFromSource = async (
  host: Host,
  { compiler, nodeGyp, headers }: BuildTools,
  place: BuildPlace,
  phases: Phases,
  signal: AbortSignal,
): Promise<void> => {
  const env = {
    CXX: compiler,
    JOBS: 'max',
    ...(nodeGyp !== undefined && { npm_config_node_gyp: nodeGyp }),
    ...(headers !== undefined && { npm_config_nodedir: headers }),
  };
  const { code, log } = await runNodePreGyp(host, '--build-from-source', env, place, phases, signal);
  if (code !== 0)
    fail(/No space left on device/.test(log) ? messages.diskFull(place.staging, 2 ** 20, 0) : messages.buildFailed(log, place.logFile));
};

/** The ready-made binding that the package's installer would take; false where it cannot be had. */
export const fetchBinding = async (host: Host, place: BuildPlace, phases: Phases, signal: AbortSignal): Promise<boolean> => {
  const manifest = join(place.staging, 'package.json');
  const content = JSON.parse(await readFile(manifest, 'utf8')) as { version: string; binary: object };
  // As in the package's scripts/get-addon-name.js.
  const packageName = `GPU-${host.platform}-${content.version}.tar.gz`;
  await writeFile(manifest, JSON.stringify({ ...content, binary: { ...content.binary, package_name: packageName } }));
  const { code } = await runNodePreGyp(host, '--update-binary', {}, place, phases, signal);
  return code === 0;
};

const runNodePreGyp = (
  host: Host,
  option: string,
  env: Readonly<Record<string, string>>,
  { staging, packageFolder, logFile }: BuildPlace,
  phases: Phases,
  signal: AbortSignal,
): ReturnType<typeof runCommand> => {
  const tool = createRequire(join(packageFolder, 'package.json')).resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
  const path = [dirname(host.execPath), host.env['PATH'] ?? ''].join(delimiter);
  const work = runCommand(host, host.execPath, [tool, 'install', option], { cwd: staging, env: { ...env, PATH: path }, signal, logFile });
  return phases.timed('build', 'build the binding', (elapsedMs) => elapsedMs / expectedMs, work);
};
