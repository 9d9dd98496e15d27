// The final files of a run in its output folder: one folder a target, and report.json.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TargetArtifacts } from '@nasc/core';
import { outputFiles } from '@nasc/report';
import type { Report } from '@nasc/report';

export const reportName = 'report.json';

const writeAtomically = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
};

/** What the last run wrote here. Without a readable report nothing is known, and nothing will be removed. */
const filesOfLastRun = async (folder: string): Promise<readonly string[]> => {
  try {
    const { targets } = JSON.parse(await readFile(join(folder, reportName), 'utf8')) as Report;
    return targets.flatMap(({ name, files }) => files.map((file) => join(name, file.name)));
  } catch {
    return [];
  }
};

/**
 * Writes each file under a temporary name and renames it. What an earlier run wrote and this one does not is removed;
 * everything else in the folder (a build, notes) stays.
 */
export const writeOutputs = async (folder: string, targets: Readonly<Record<string, TargetArtifacts>>, report: Report): Promise<void> => {
  const last = await filesOfLastRun(folder);
  const written = new Set<string>();
  for (const [target, artifacts] of Object.entries(targets)) {
    for (const [name, content] of outputFiles(artifacts)) {
      const path = join(target, name);
      await writeAtomically(join(folder, path), content);
      written.add(path);
    }
  }
  for (const path of last) if (!written.has(path)) await rm(join(folder, path), { force: true });
  await writeAtomically(join(folder, reportName), `${JSON.stringify(report, undefined, 2)}\n`);
};
