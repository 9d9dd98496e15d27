// The machine as the set-up sees it: handed in, so that tests can put together poorer ones.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nodeVersion: string;
  /** The Node program. */
  readonly execPath: string;
  readonly platform: string;
  readonly arch: string;
  /** Folder of @tensorflow/tfjs-node-gpu; undefined where the optional dependency is not installed. */
  readonly packageFolder: string | undefined;
  /** Where distributions put Node's headers (include/node) and modules (share/nodejs). */
  readonly systemPrefixes: readonly string[];
}

const findPackage = (): string | undefined => {
  try {
    return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw cause;
  }
};

export const thisHost = (): Host => ({
  env: process.env,
  nodeVersion: process.versions.node,
  execPath: process.execPath,
  platform: process.platform,
  arch: process.arch,
  packageFolder: findPackage(),
  systemPrefixes: ['/usr/local', '/usr', '/opt/homebrew'],
});

export const nodeMajor = ({ nodeVersion }: Pick<Host, 'nodeVersion'>): number => Number(nodeVersion.split('.')[0]);
