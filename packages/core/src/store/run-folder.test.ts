import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { ownIdentity } from '@nasc/files';
import type { LockOwner } from '@nasc/files';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withRunFolder } from './run-folder.ts';
import type { LockOptions } from './run-folder.ts';

let folder: string;
let told: Diagnostic[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-run-folder-'));
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));

const options = (changes: Partial<LockOptions> = {}): LockOptions => ({
  wait: false,
  signal: new AbortController().signal,
  report: (diagnostic) => void told.push(diagnostic),
  ...changes,
});
const text = (diagnostics: readonly Diagnostic[]) =>
  formatDiagnostics(diagnostics)
    .replaceAll(folder, '<folder>')
    .replace(/since \S+ \S+ UTC/, 'since <time> UTC');
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DiagnosticError ? text(error.diagnostics) : String(error)),
  );
const elsewhere = async () => {
  const owner: LockOwner = { id: 'x', since: '2025-01-31T12:30:45.678Z', ...(await ownIdentity()), processId: 4711, host: 'other' };
  await writeFile(join(folder, 'lock'), JSON.stringify(owner));
};

test('a second run refuses and says who has the folder; the lock ends with the work, and with its failure', async () => {
  const { host } = await ownIdentity();
  await withRunFolder(folder, options(), async () => {
    expect(await failure(withRunFolder(folder, options(), async () => {}))).toBe(
      `error RUN_FOLDER_BUSY: Another run works in this folder: process ${process.pid} (this one) on ${host}, since <time> UTC.
  at <folder>
  hint: Wait for it (\`nasc run --wait\` does), or give this run another \`cacheDir\`.`,
    );
  });
  expect(await failure(withRunFolder(folder, options(), () => Promise.reject(new Error('failed'))))).toBe('Error: failed');
  expect(await withRunFolder(folder, options(), async () => 'done')).toBe('done');
  expect([await readdir(folder), told]).toEqual([[], []]);
});

test('a run of another machine is refused, with what to do if it is dead', async () => {
  await elsewhere();
  expect(await failure(withRunFolder(folder, options(), async () => {}))).toBe(
    `error RUN_FOLDER_BUSY: A run of another machine or container works in this folder: process 4711 on other, since <time> UTC.
  at <folder>
  hint: Whether it still does cannot be seen from here. If it does not, remove <folder>/lock.`,
  );
});

test('a run that waits says so once, begins when the other ends, and can be stopped', async () => {
  const { host } = await ownIdentity();
  const order: string[] = [];
  let waiting: Promise<void> | undefined;
  const controller = new AbortController();
  await withRunFolder(folder, options(), async () => {
    waiting = withRunFolder(folder, options({ wait: true }), async () => void order.push('second'));
    const stopped = withRunFolder(
      folder,
      options({ wait: true, signal: controller.signal, report: () => controller.abort(new Error('Ctrl-C')) }),
      async () => {},
    );
    expect(await failure(stopped)).toBe('Error: Ctrl-C');
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    order.push('first');
  });
  await waiting;
  expect(order).toEqual(['first', 'second']);
  expect(text(told))
    .toBe(`note RUN_FOLDER_AWAITED: Waiting for the run that works in this folder: process ${process.pid} (this one) on ${host}, since <time> UTC.
  at <folder>`);

  told = [];
  await elsewhere();
  const forElsewhere = withRunFolder(
    folder,
    options({ wait: true, report: (diagnostic) => void (told.push(diagnostic), rm(join(folder, 'lock'))) }),
    async () => {},
  );
  await forElsewhere;
  expect(text(told)).toBe(`note RUN_FOLDER_AWAITED: Waiting for the run that works in this folder: process 4711 on other, since <time> UTC.
  at <folder>
  hint: Whether it still does cannot be seen from here. If it does not, remove <folder>/lock.`);
});
