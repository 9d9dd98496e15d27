import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserSpace } from '@nasc/config';
import { DiagnosticError, errorDiagnostic, formatDiagnostics } from '@nasc/diagnostics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSpaceSource, resolveSpace, spaceKey } from './space-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-space-'));
});
afterEach(() => rm(folder, { recursive: true }));

const base: UserSpace = {
  name: 'base',
  input: { minimum: 8, channels: 1 },
  batchNorm: { momentum: 0.2, epsilon: 0.01 },
  stem: [{ macro: 'convBnAct', kernel: 3, width: 8 }],
  candidates: [{ macro: 'mbConv', kernel: 3, expansion: 2 }],
  stages: [{ width: 8, blocks: 2 }],
  head: [{ macro: 'linearHead' }],
};
const named: Record<string, unknown> = {
  base,
  middle: { name: 'middle', extends: 'base', input: { minimum: 16 } },
  round: { name: 'round', extends: 'about' },
  about: { name: 'about', extends: 'round' },
};
const spaces = {
  get: () => undefined,
  names: () => Object.keys(named),
  require(name: string, at?: string) {
    if (!(name in named)) throw new DiagnosticError([errorDiagnostic('UNKNOWN_NAME', `There is no search space "${name}".`, { at: at! })]);
    return { name, description: '', space: named[name] };
  },
};

const resolved = (space: string | object) => resolveSpace(readSpaceSource(space as string, folder, spaces), spaces);
const failure = (space: string | object): string => {
  try {
    resolved(space);
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
const write = async (name: string, value: unknown) => {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), JSON.stringify(value));
};

describe('a space that extends another', () => {
  test('takes what it does not say; objects are joined, lists replaced', () => {
    const stages = [{ width: 16, blocks: 1 }];
    const { space } = resolved({ name: 'own', extends: 'middle', widthMultiplier: 0.5, batchNorm: { momentum: 0.3 }, stages });
    expect(space).toMatchObject({ name: 'own', stem: base.stem, candidates: base.candidates, widthMultiplier: 0.5, stages });
    expect(space.input).toEqual({ minimum: 16, channels: 1 });
    expect(space.batchNorm).toEqual({ momentum: 0.3, epsilon: 0.01 });
    expect(space).not.toHaveProperty('extends');
  });

  test('as a file, from its own folder', async () => {
    await write('spaces/own.json', { name: 'own', extends: '../shared/wide.json' });
    await write('shared/wide.json', { name: 'wide', extends: 'base', widthMultiplier: 2 });
    expect(resolved('./spaces/own.json').space).toMatchObject({ name: 'own', widthMultiplier: 2, stages: base.stages });
    expect(resolved({ extends: 'shared/wide.json' }).space.name).toBe('wide');
  });

  test('says of everything where it stands', async () => {
    await write('wide.json', { ...base, name: 'wide' });
    const { locate } = resolved({ name: 'own', extends: 'wide.json', input: { resolution: 32 }, head: base.head });
    const places = ['/head/0', '/stages/1/width', '/input/resolution', '/input/minimum', '/activation'].map(locate);
    expect(places).toEqual([
      '#/space/head/0',
      'wide.json#/stages/1/width',
      '#/space/input/resolution',
      'wide.json#/input/minimum',
      '#/space/activation',
    ]);
  });

  test('has the contents of all files in its key', async () => {
    await write('own.json', { name: 'own', extends: 'wide.json' });
    await write('wide.json', { ...base, name: 'wide' });
    const keys = () => [spaceKey('own.json', folder), spaceKey({ extends: 'own.json' }, folder)].map((key) => JSON.stringify(key));
    const before = keys();
    expect(keys()).toEqual(before);
    await write('wide.json', { ...base, name: 'wide', widthMultiplier: 2 });
    for (const [index, key] of keys().entries()) expect(key).not.toBe(before[index]);
  });
});

describe('messages', () => {
  test('what is wrong in a base is told where it stands', async () => {
    await write('wide.json', { ...base, stages: [{ width: 8, blocks: 0 }] });
    expect(failure({ extends: 'wide.json', name: 'own' })).toBe(
      `error CONFIG_WRONG_VALUE: "stages[0].blocks" has to be a whole number of at least 1 and at most 1000, and is 0.
  at wide.json#/stages/0/blocks`,
    );
    expect(failure({ extends: 'base', colour: 'red' })).toContain('Unknown key "colour".\n  at #/space/colour');
    expect(failure({ extends: 3, name: 'own' })).toContain('"extends" has to be a text that is not empty, and is 3.');
  });

  test('a base that is not there', async () => {
    await write('spaces/own.json', { name: 'own', extends: 'none.json' });
    expect(failure('spaces/own.json')).toBe(
      `error SPACE_FILE_NOT_READ: The space file "none.json" cannot be read: it does not exist.
  at spaces/own.json#/extends
  hint: A path starts from the folder of the file that it stands in.`,
    );
    expect(failure({ extends: 'none' })).toBe('error UNKNOWN_NAME: There is no search space "none".\n  at #/space/extends');
  });

  test('a space that comes back to itself', async () => {
    expect(failure('round')).toBe(`error SPACE_EXTENDS_ITSELF: The space extends itself: round -> about -> round.
  at about#/extends
  hint: Let the last of them extend another space, or none.`);
    await write('own.json', { name: 'own', extends: './own.json' });
    expect(failure({ extends: 'own.json' })).toContain('The space extends itself: own.json -> own.json.');
    expect(spaceKey('own.json', folder)).toMatchObject({ space: 'own.json' });
  });
});
