import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTemporary, makeFolder, removeFolder, removeLeftovers, replaceFiles, temporaryPath, writeFailure } from './index.ts';
import { writeFileAtomically, writeFolderAtomically } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (...path: readonly string[]) => readFile(join(folder, ...path), 'utf8');
const all = async () => (await readdir(folder, { recursive: true })).toSorted();
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof DiagnosticError ? formatDiagnostics(error.diagnostics).replaceAll(folder, '<folder>') : String(error),
  );

test('a file is made with its folders, and replaced whole', async () => {
  const path = join(folder, 'a', 'b', 'text');
  await writeFileAtomically(path, 'one', 'a text');
  await writeFileAtomically(path, Uint8Array.of(50), 'a text');
  expect(await text('a', 'b', 'text')).toBe('2');
  expect(await all()).toEqual(['a', 'a/b', 'a/b/text']);
});

test('chunks that end in an error leave the older file, and nothing else', async () => {
  const path = join(folder, 'text');
  const chunks = async function* (fails: boolean) {
    yield Buffer.from('one ');
    yield Buffer.from('two');
    if (fails) throw new Error('wrong checksum');
  };
  await writeFileAtomically(path, chunks(false), 'a text');
  expect(await failure(writeFileAtomically(path, chunks(true), 'a text'))).toBe('Error: wrong checksum');
  expect([await text('text'), await all()]).toEqual(['one two', ['text']]);
});

test('a folder appears with all its files; one that is there already stays', async () => {
  const place = join(folder, 'made');
  const files = new Map([
    ['x', 'one'],
    ['in/y', 'two'],
  ]);
  expect(await writeFolderAtomically(place, files, 'things')).toBe(true);
  expect(await writeFolderAtomically(place, new Map([['z', 'three']]), 'things')).toBe(false);
  expect(await all()).toEqual(['made', 'made/in', 'made/in/y', 'made/x']);
  expect(await failure(makeFolder(join(folder, 'other'), 'things', () => Promise.reject(new Error('does not compile'))))).toBe(
    'Error: does not compile',
  );
  expect(await failure(writeFolderAtomically(join(folder, 'other'), new Map([['../x', '']]), 'things'))).toContain('"../x" is no place in');
  await removeFolder(place);
  await removeFolder(place);
  expect(await all()).toEqual([]);
});

test('several files are replaced together or not at all', async () => {
  await replaceFiles(
    folder,
    new Map([
      ['a', '1'],
      ['b', '1'],
    ]),
    'two files',
  );
  await mkdir(join(folder, 'c'));
  const refused = replaceFiles(
    folder,
    new Map([
      ['a', '2'],
      ['b', '2'],
      ['c/d/e', '2'],
      ['a/f', '2'],
    ]),
    'four files',
  );
  expect(await failure(refused)).toBe(
    `error WRITE_FAILED: Writing four files (4 bytes) failed: a file of that name is in the way.
  at <folder>
  hint: Make the folder writable, or choose another one, and run the same command again: what was finished is kept.`,
  );
  expect([await text('a'), await text('b'), (await all()).filter((name) => isTemporary(name))]).toEqual(['1', '1', []]);
});

test('what the system refuses reads: what, how much, why, where, what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await failure(writeFileAtomically(join(folder, 'file', 'report'), 'x'.repeat(1500), 'the report'))).toBe(
    `error WRITE_FAILED: Writing the report (1.5 kB) failed: a file of that name is in the way.
  at <folder>/file/report
  hint: Make the folder writable, or choose another one, and run the same command again: what was finished is kept.`,
  );
  const full = writeFailure(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }), {
    what: 'a checkpoint of warm-up',
    path: '/x',
    bytes: 2.5e6,
  });
  expect(formatDiagnostics(full!.diagnostics)).toBe(
    `error DISK_FULL: There is no room for a checkpoint of warm-up (2.5 MB): no space left on the device.
  at /x
  hint: Free some space and run the same command again: nothing is damaged, and what was finished is kept.`,
  );
  expect(writeFailure(new Error('a bug'), { what: 'x', path: '/x' })).toBeUndefined();
});

test('leftovers of processes that are gone are removed, those of live ones and everything else stay', async () => {
  // No process has this id: Linux counts to 2^22, macOS to 99998.
  const gone = `.${2 ** 22 + 1}-0123456789ab.tmp`;
  await mkdir(join(folder, 'kind', `hash${gone}`, 'inner'), { recursive: true });
  await writeFile(join(folder, `key.json${gone}`), 'half');
  await writeFile(temporaryPath(join(folder, 'mine')), 'half');
  await writeFile(join(folder, 'kind', 'notes.tmp'), '');
  await mkdir(join(folder, 'kind', 'deep'), { recursive: true });
  await writeFile(join(folder, 'kind', 'deep', `x${gone}`), '');
  await removeLeftovers(folder, 1);
  expect((await all()).map((name) => name.replace(String(process.pid), 'pid').replace(/-[0-9a-f]{12}/, ''))).toEqual([
    'kind',
    'kind/deep',
    `kind/deep/x${gone.replace(/-[0-9a-f]{12}/, '')}`,
    'kind/notes.tmp',
    'mine.pid.tmp',
  ]);
  await removeLeftovers(join(folder, 'absent'), 1);
});
