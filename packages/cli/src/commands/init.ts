// `nasc init`: a config that runs as it is, with what is worth changing.
import { existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DiagnosticError } from '@nasc/diagnostics';
import { ensureFolder, explainingWriteErrors, writeFileAtomically } from '@nasc/files';
import type { Arguments } from '../arguments/command.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { messages } from '../messages.ts';

const schemaName = 'config.schema.json';

/** The schema for completion in editors: the one of the `nasc` that is installed at the folder or above, else our own. */
const findSchema = async (folder: string): Promise<string> => {
  for (let place = folder; ; place = dirname(place)) {
    const file = join(place, 'node_modules', 'nasc', 'schemas', schemaName);
    if (existsSync(file)) {
      const path = relative(folder, file);
      return path.startsWith('..') ? path : `./${path}`;
    }
    if (place === dirname(place)) break;
  }
  const own = fileURLToPath(new URL(`../../schemas/${schemaName}`, import.meta.url));
  await access(own);
  return pathToFileURL(own).href;
};

const config = {
  task: { dataset: 'fashion-mnist-or-mnist', searchImages: 25_000 },
  space: 'mobile-small',
  targets: ['cpu'],
  constraints: { latencyShare: 0.8 },
};

const typescript = `import { defineConfig } from 'nasc';

export default defineConfig({
  // What the network is for: a data set, and how many of its training images warm-up and search use.
  task: { dataset: '${config.task.dataset}', searchImages: ${config.task.searchImages} },

  // A named search space (nasc inspect NAME shows it), a JSON file, or the space itself.
  space: '${config.space}',

  // What the network is searched for and compiled to; { name, ...options } gives options.
  targets: ['${config.targets[0]}'],

  // A share of the expected latency of a uniformly sampled network means the same on every machine;
  // for a limit in milliseconds write { latencyMs: 0.5 } instead.
  constraints: { latencyShare: ${config.constraints.latencyShare} },

  // Everything else has a default. The most useful ones:
  //   seed: 0,
  //   train: { epochs: 6 },
  //   derive: { strategy: { name: 'proxyless-gradient' }, retrain: { epochs: 10 } },
  //   outDir: 'nasc-out',
  //   plugins: ['./my-plugin.js'],
});
`;

export const init = async (parsed: Arguments, io: Io): Promise<number> => {
  const folder = resolve(io.folder, parsed.positionals[0] ?? '.');
  await explainingWriteErrors({ what: 'the config', path: folder }, () => ensureFolder(folder));
  const present = (await readdir(folder)).find((name) => /^nasc\.config\.(?:m?[jt]s|json)$/.test(name));
  if (present) throw new DiagnosticError([messages.configExists(relative(io.folder, join(folder, present)))]);

  const file = join(folder, parsed.flag('ts') ? 'nasc.config.ts' : 'nasc.config.json');
  const text = parsed.flag('ts') ? typescript : `${JSON.stringify({ $schema: await findSchema(folder), ...config }, undefined, 2)}\n`;
  await writeFileAtomically(file, text, 'the config');
  if (parsed.flag('json')) printJson(io.stdout, { file });
  else
    printLine(
      io.stdout,
      `Wrote ${relative(io.folder, file)}. Next: nasc run${folder === io.folder ? '' : ` ${relative(io.folder, folder)}`}`,
    );
  return 0;
};
