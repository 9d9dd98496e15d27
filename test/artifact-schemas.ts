// The published schemas of stored artifacts, and what is wrong with an artifact that lies on disk.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArtifactKind } from '@nasc/core';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schemas = fileURLToPath(new URL('../schemas/', import.meta.url));

/** Kind -> name of its schema in schemas/artifacts. */
export const schemaOfKind: Readonly<Record<ArtifactKind, string>> = {
  searchSpace: 'search-space',
  supernet: 'supernet',
  costModel: 'cost-model',
  searchResult: 'search-result',
  architecture: 'architecture',
  front: 'front',
  frontLatencies: 'front-latencies',
  teacher: 'teacher',
  derived: 'derived',
  folded: 'folded',
  onnx: 'onnx',
  files: 'files',
};

export interface ArtifactProblem {
  readonly kind: string;
  readonly at: string;
  readonly problem: string;
}

/** The files that marked objects name, relative to artifact.json. */
const namedFiles = (item: unknown): readonly string[] => {
  if (typeof item !== 'object' || item === null) return [];
  const { $tensors, $bytes, $array, $files, names } = item as Record<string, unknown>;
  if (typeof $tensors === 'string') return [$tensors];
  if (typeof $bytes === 'string') return [$bytes];
  if (typeof $array === 'string') return [$array];
  if (typeof $files === 'string') return (names as readonly { name: string }[]).map(({ name }) => `${$files}/${name}`);
  return Object.values(item).flatMap(namedFiles);
};

/** Problems of every artifact of a store: its artifact.json against the schema of its kind, the files against those it names. */
export const checkStore = async (
  store: string,
): Promise<{ readonly kinds: readonly string[]; readonly problems: readonly ArtifactProblem[] }> => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, discriminator: true });
  // What messages say besides, in schemas of what people write.
  ajv.addVocabulary(['hint']);
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  for (const name of ['graph', 'profile', 'artifacts/common']) ajv.addSchema(await read(join(schemas, `${name}.schema.json`)));

  const kinds = (await readdir(join(store, 'artifacts'))).toSorted();
  const problems: ArtifactProblem[] = [];
  for (const kind of kinds) {
    const validate = ajv.compile(await read(join(schemas, 'artifacts', `${schemaOfKind[kind as ArtifactKind]}.schema.json`)));
    for (const hash of await readdir(join(store, 'artifacts', kind))) {
      const folder = join(store, 'artifacts', kind, hash);
      const content = await read(join(folder, 'artifact.json'));
      if (!validate(content)) {
        for (const { instancePath, message, params } of validate.errors ?? [])
          problems.push({ kind, at: instancePath, problem: `${message} ${JSON.stringify(params)}` });
      }
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const present = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
      const expected = ['artifact.json', ...namedFiles(content)];
      if (present.toSorted().join('\n') !== expected.toSorted().join('\n'))
        problems.push({ kind, at: '', problem: `holds ${present.join(', ')} and names ${expected.join(', ')}` });
    }
  }
  return { kinds, problems };
};
