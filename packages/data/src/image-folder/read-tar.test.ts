import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { readTar } from './read-tar.ts';
import { tar, tarEntry } from './tar.test-helper.ts';

test.each([
  ['ustar', 90],
  ['pax', 180],
  ['gnu', 180],
])('archives that the tar program writes: %s, with long names', async (format, length) => {
  const folder = mkdtempSync(join(tmpdir(), 'nasc-tar-'));
  try {
    const name = `${'n'.repeat(length)}.png`;
    mkdirSync(join(folder, 'a', 'd'.repeat(90)), { recursive: true });
    writeFileSync(join(folder, 'a', 'd'.repeat(90), name), 'deep');
    writeFileSync(join(folder, 'a', 'empty'), '');
    writeFileSync(join(folder, 'a', 'large'), Buffer.alloc(1500, 7));
    execFileSync('tar', [`--format=${format}`, '-cf', 'out.tar', 'a'], { cwd: folder });
    const files = await readTar(readFileSync(join(folder, 'out.tar')), 'out.tar');
    const found = Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('latin1')]));
    expect(found).toEqual({ [`a/${'d'.repeat(90)}/${name}`]: 'deep', 'a/empty': '', 'a/large': '\u0007'.repeat(1500) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('links and folders are passed over, and a long name belongs to the next file only', async () => {
  const archive = Buffer.concat([
    tarEntry('folder/', Buffer.alloc(0), '5'),
    tarEntry('././@LongLink', Buffer.from('long/name\0'), 'L'),
    tarEntry('cut', Buffer.from('1')),
    tarEntry('link', Buffer.alloc(0), '2'),
    tarEntry('plain', Buffer.from('2')),
  ]);
  expect((await readTar(archive, 'x.tar')).map(({ path }) => path)).toEqual(['long/name', 'plain']);
});

const good = tar({ 'a/1.png': Buffer.alloc(600), 'a/2.png': Buffer.alloc(10) });
const broken = Buffer.from(good);
broken[5] = 66;

test.each([
  ['is no tar file', Buffer.from('PK'.repeat(400)), 'wrong checksum of the header at byte 0'],
  ['has a changed header', broken, 'wrong checksum of the header at byte 0'],
  ['is cut off in a file', good.subarray(0, 1000), 'it ends inside the file that starts at byte 0'],
  ['is cut off in a header', good.subarray(0, 1536 + 100), 'it ends inside a header, at byte 1636'],
])('an archive that %s', async (_, bytes, reason) => {
  expect(await caught(() => readTar(bytes, 'set/x.tar'))).toBe(
    `error DATA_TAR_DAMAGED: The tar file cannot be read: ${reason}.\n  at set/x.tar\n  hint: Fetch or pack the file again.`,
  );
});
