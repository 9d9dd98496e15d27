// Where Node's C headers are: node-gyp downloads them, which closed networks do not allow.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isReachable } from './download.ts';
import { nodeMajor } from './host.ts';
import type { Host } from './host.ts';
import { fail, messages } from './messages.ts';
import { firstLineOf } from './run-command.ts';

/** The major version of the headers under `prefix`/include/node, or undefined. */
const headersMajor = async (prefix: string): Promise<number | undefined> => {
  try {
    const text = await readFile(join(prefix, 'include', 'node', 'node_version.h'), 'utf8');
    const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(text)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined; // none here: the next place is looked at, and the diagnostic names them all
  }
};

/** Folders that may hold include/node: what was asked for, beside the program, npm's setting, node-gyp's cache, the system's. */
const places = async (host: Host): Promise<readonly string[]> => {
  const npm = await firstLineOf(host, 'npm', ['config', 'get', 'nodedir']);
  const cache = host.env['XDG_CACHE_HOME'] ?? join(host.env['HOME'] ?? homedir(), '.cache');
  return [
    host.env['npm_config_nodedir'],
    dirname(dirname(host.execPath)),
    npm === 'undefined' || npm === 'null' ? undefined : npm,
    join(cache, 'node-gyp', host.nodeVersion),
    ...host.systemPrefixes,
  ].filter((place, index, all): place is string => !!place && all.indexOf(place) === index);
};

/**
 * The folder for `npm_config_nodedir`, or undefined where node-gyp can download the headers. The binding uses Node-API only,
 * which is stable, but node-gyp reads build settings there too: the major version has to be ours. Throws TFJS_NO_NODE_HEADERS.
 */
export const findNodeHeaders = async (host: Host, signal: AbortSignal): Promise<string | undefined> => {
  const looked = await places(host);
  for (const place of looked) if ((await headersMajor(place)) === nodeMajor(host)) return place;
  const mirror = host.env['npm_config_disturl'] ?? 'https://nodejs.org/dist';
  const version = `v${host.nodeVersion}`;
  if ((await isReachable(`${mirror}/${version}/node-${version}-headers.tar.gz`, signal)) === true) return undefined;
  return fail(messages.noHeaders(host.nodeVersion, looked));
};
