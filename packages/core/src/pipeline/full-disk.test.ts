import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '@nasc/diagnostics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const compilerRuns = spawnSync('cc', ['--version']).status === 0;

interface Result {
  readonly hashes?: Readonly<Record<string, string>>;
  readonly values?: readonly number[];
  readonly errors?: readonly Diagnostic[];
  readonly diagnostics: readonly string[];
}

describe.skipIf(process.platform !== 'linux' || !compilerRuns)('a full disk (needs Linux and a C compiler)', () => {
  let folder: string;
  let library: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nasc-full-disk-'));
    library = join(folder, 'full-disk.so');
    execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, fileBeside('full-disk.test-helper.c'), '-ldl']);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** With `bytes` of room left on the disk that holds the store; undefined for plenty. */
  const run = (place: string, bytes?: number): Result => {
    mkdirSync(place, { recursive: true });
    const environment = {
      LD_PRELOAD: library,
      DISK_FOLDER: join(place, 'store'),
      DISK_TOTAL: join(place, 'total'),
      ...(bytes !== undefined && { DISK_BYTES: String(bytes) }),
    };
    const { stdout, stderr } = spawnSync(process.execPath, [fileBeside('interrupted-child.test-helper.js'), place, '20000'], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Result;
  };
  const written = (place: string): number => Number(readFileSync(join(place, 'total'), 'utf8').trim().split('\n').at(-1));
  const leftovers = (place: string) =>
    existsSync(join(place, 'store'))
      ? readdirSync(join(place, 'store'), { recursive: true }).filter((name) => String(name).includes('.tmp'))
      : [];

  test('wherever it gets full: one clear error, nothing half-written; with room again the same bits', () => {
    const whole = run(join(folder, 'whole'));
    const total = written(join(folder, 'whole'));
    expect(total).toBeGreaterThan(1e6);
    // Before the lock, in the first checkpoint, in the midst of training, in its artifact, in the measurements and at the end.
    for (const share of [0, 0.002, 0.41, 0.93, 0.99]) {
      const place = join(folder, String(share));
      const stopped = run(place, Math.floor(share * total));
      expect(stopped.errors?.map(({ code, at, hint }) => [code, at?.startsWith(place), hint])).toEqual([
        ['DISK_FULL', true, 'Free some space and run the same command again: nothing is damaged, and what was finished is kept.'],
      ]);
      expect(stopped.errors![0]!.message).toMatch(
        /^There is no room for (?:a lock|a checkpoint of .*|the artifact .*|an entry of the store)(?: \(.*\))?: no space left on the device\.$/,
      );
      expect(leftovers(place)).toEqual([]);
      const measured = () =>
        existsSync(join(place, 'measured')) ? readFileSync(join(place, 'measured'), 'utf8').trim().split('\n').length : 0;
      const before = measured();

      const after = run(place);
      expect([after.errors, after.diagnostics, after.hashes?.['supernet']]).toEqual([undefined, [], whole.hashes!['supernet']]);
      // Only the measurement that could not be stored is made again.
      expect(measured() - Math.max(0, before - 1)).toBeLessThanOrEqual(after.values!.length);
    }
  }, 300_000);
});
