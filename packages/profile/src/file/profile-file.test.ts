import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '@nasc/core';
import { afterAll, expect, test } from 'vitest';
import { readProfile, writeProfile } from './profile-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-profile-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const profile: Profile = {
  device: { id: 'd', description: 'a device' },
  target: { name: 'known', options: { threads: 1 } },
  // Numbers with the names of lists.
  protocol: { method: 'by hand', networks: 2, blocks: 1 },
  blocks: { 'Conv-input:8x8x3-output:4x4x8': { ms: 1.5, count: 2, variance: 0.25, macs: 3456 } },
  spaces: [
    {
      name: 'one',
      choices: [{ id: 'a', candidates: [{ name: 'x', key: 'Conv-input:8x8x3-output:4x4x8' }, { name: 'y' }] }],
      fixed: [{ id: 'stem', keys: ['s'] }],
      reference: { choices: [1], ms: 2, noise: 0.01 },
      networks: [
        { choices: [0], ms: 2.5, referenceMs: 2, blocksMs: [1.5, 1] },
        { choices: [1], ms: 3 },
      ],
    },
  ],
};

test('what is written is read, nothing lost; a network a line', async () => {
  await writeProfile(join(folder, 'one.json'), profile);
  expect(readProfile('one.json', folder)).toEqual(profile);
  const lines = readFileSync(join(folder, 'one.json'), 'utf8').split('\n');
  expect(lines.filter((line) => line.includes('"ms":2.5,"referenceMs":2'))).toEqual([
    expect.stringMatching(/^ *\{"choices":\[0\],"ms":2.5,"referenceMs":2,"blocksMs":\[1.5,1\]\},$/),
  ]);
});
