// What the tests of bad input share: a folder, a config that is right as it is, and the command line in this process.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCli } from '../../packages/cli/src/io.test-helper.ts';
import type { RunSettings } from '../../packages/cli/src/io.test-helper.ts';

export const config = { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'] };

/** A space of one choice, for images of any size. */
export const smallSpace = {
  name: 'small',
  stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 2 },
    { macro: 'mbConv', kernel: 5, expansion: 2 },
  ],
  stages: [{ width: 8, blocks: 1 }],
  head: [{ name: 'head', macro: 'linearHead' }],
};

export interface Failed {
  readonly code: number;
  /** With the test's folder as `FOLDER`. */
  readonly text: string;
}

/** A folder of its own for each test of a file. */
export const inFolder = () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nasc-bad-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const at = (...parts: readonly string[]): string => join(folder, ...parts);
  return {
    at,
    /** Text as it is, anything else as JSON. */
    async write(name: string, content: unknown): Promise<void> {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
    },
    /** Words as a shell would give them. */
    async nasc(line: string | readonly string[], settings: Partial<RunSettings> = {}): Promise<Failed> {
      const { code, stderr } = await runCli(typeof line === 'string' ? line.split(' ') : line, { folder, ...settings });
      return { code, text: stderr.replaceAll(folder, 'FOLDER') };
    },
  };
};

/** What a command prints that the user can mend: exit code 1, no stack. */
export const refused = (text: string): Failed => ({ code: 1, text: `${text}\n` });
