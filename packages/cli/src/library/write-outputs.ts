// The final files of a run in its output folder: one folder a network, and report.json.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '@nasc/core';
import type { LockOptions, NetworkArtifacts } from '@nasc/core';
import { replaceFiles } from '@nasc/files';
import { outputFiles } from '@nasc/report';
import type { Report } from '@nasc/report';

export const reportName = 'report.json';

/** What the last run wrote here. Without a readable report nothing is known, and nothing will be removed. */
const filesOfLastRun = async (folder: string): Promise<readonly string[]> => {
  try {
    const { networks } = JSON.parse(await readFile(join(folder, reportName), 'utf8')) as Report;
    return networks.flatMap(({ name, files }) => files.map((file) => join(name, file.name)));
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
  networks: Readonly<Record<string, NetworkArtifacts>>,
  report: Report,
  options: Omit<LockOptions, 'wait'>,
): Promise<void> =>
  withLock(join(folder, '.nasc-lock'), { ...options, wait: true }, async () => {
    const last = await filesOfLastRun(folder);
    const files = new Map<string, string | Uint8Array>();
    for (const [network, artifacts] of Object.entries(networks))
      for (const [name, content] of outputFiles(artifacts)) files.set(join(network, name), content);
    files.set(reportName, `${JSON.stringify(report, undefined, 2)}\n`);
    await replaceFiles(folder, files, 'the output files');
    for (const path of last) if (!files.has(path)) await rm(join(folder, path), { force: true });
  });
