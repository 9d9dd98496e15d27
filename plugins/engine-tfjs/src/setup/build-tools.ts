// What node-gyp needs to build the binding, all that is missing told at once.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { Host } from './host.ts';
import { messages } from './messages.ts';
import { findNodeHeaders } from './node-headers.ts';
import { firstLineOf } from './run-command.ts';

export interface BuildTools {
  readonly compiler: string;
  /** bin/node-gyp.js; undefined where `node-gyp` is a command. */
  readonly nodeGyp: string | undefined;
  /** undefined where node-gyp can download the headers. */
  readonly headers: string | undefined;
}

const findOnPath = ({ env }: Host, name: string): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

const findCompiler = async (host: Host): Promise<string | undefined> => {
  for (const command of [host.env['CXX'], 'c++', 'g++', 'clang++']) {
    if (command && (await firstLineOf(host, command, ['--version'])) !== undefined) return command;
  }
  return undefined;
};

/** npm brings node-gyp; distributions put it beside other modules. */
const findNodeGyp = (host: Host): string | undefined => {
  const npm = findOnPath(host, 'npm');
  const script = join('node-gyp', 'bin', 'node-gyp.js');
  return [
    host.env['npm_config_node_gyp'],
    join(dirname(dirname(host.execPath)), 'lib', 'node_modules', 'npm', 'node_modules', script),
    npm && join(dirname(realpathSync(npm)), '..', 'node_modules', script),
    ...host.systemPrefixes.map((prefix) => join(prefix, 'share', 'nodejs', script)),
  ].find((path) => path !== undefined && existsSync(path));
};

export const checkPython = async (host: Host, { pip }: { readonly pip: boolean }): Promise<readonly Diagnostic[]> => {
  const python = await firstLineOf(host, 'python3', ['--version']);
  if (python === undefined) return [messages.noPython()];
  return pip && (await firstLineOf(host, 'python3', ['-m', 'pip', '--version'])) === undefined ? [messages.noPip(python)] : [];
};

/** Throws a DiagnosticError with everything that is missing. */
export const findBuildTools = async (host: Host, needs: { readonly pip: boolean }, signal: AbortSignal): Promise<BuildTools> => {
  const missing: Diagnostic[] = [...(await checkPython(host, needs))];
  const compiler = await findCompiler(host);
  if (compiler === undefined) missing.push(messages.noCompiler());
  if ((await firstLineOf(host, 'make', ['--version'])) === undefined) missing.push(messages.noMake());
  const nodeGyp = findNodeGyp(host);
  if (nodeGyp === undefined && (await firstLineOf(host, 'node-gyp', ['--version'])) === undefined) missing.push(messages.noNodeGyp());
  let headers: string | undefined;
  try {
    headers = await findNodeHeaders(host, signal);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    missing.push(...error.diagnostics);
  }
  if (missing.length > 0) throw new DiagnosticError(missing);
  return { compiler: compiler!, nodeGyp, headers };
};
