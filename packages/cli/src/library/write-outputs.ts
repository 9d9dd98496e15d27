// The final files of a run in its output folder: one folder a target, and report.json.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '@nasc/core';
import type { LockOptions, TargetArtifacts } from '@nasc/core';
import { replaceFiles } from '@nasc/files';
import { outputFiles } from '@nasc/report';
import type { Report } from '@nasc/report';

export const reportName = 'report.json';

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
 * Writes all files, then lets them appear, the report last; another run that has the same output folder waits meanwhile. What
 * an earlier run wrote and this one does not is removed; everything else in the folder (a build, notes) stays. Errors:
 * DISK_FULL, WRITE_FAILED, and what the earlier run wrote is then still there.
 */
export const writeOutputs = (
  folder: string,
  targets: Readonly<Record<string, TargetArtifacts>>,
  report: Report,
  options: Omit<LockOptions, 'wait'>,
): Promise<void> =>
  withLock(join(folder, '.nasc-lock'), { ...options, wait: true }, async () => {
    const last = await filesOfLastRun(folder);
    const files = new Map<string, string | Uint8Array>();
    for (const [target, artifacts] of Object.entries(targets))
      for (const [name, content] of outputFiles(artifacts)) files.set(join(target, name), content);
    files.set(reportName, `${JSON.stringify(report, undefined, 2)}\n`);
    await replaceFiles(folder, files, 'the output files');
    for (const path of last) if (!files.has(path)) await rm(join(folder, path), { force: true });
  });
