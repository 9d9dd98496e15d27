import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockTable, describeSpace, mergeProfiles, missingKeys } from '@nasc/profile';
import { afterAll, expect, test } from 'vitest';
import { expand, failureOf, ops, proxylessMobile } from './networks.test-helper.ts';
import { pixel1 } from './pixel1.ts';
import { profileTarget } from './profile-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targetOf = (content: unknown) => {
  writeFileSync(join(folder, 'mine.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return profileTarget.create({ file: 'mine.json' }, { folder });
};

const phone = { id: 'phone', description: 'my phone' };
/** What a run of the published network on a phone has for the blocks that the published table lacks. */
const missing = {
  'expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0': { ms: 6.524 },
  'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1': { ms: 5.389, count: 100, variance: 0.04 },
  'expanded_conv-input:56x56x32-output:28x28x40-expand:3-kernel:7-stride:2-idskip:0': { ms: 4.904 },
};
const written = (blocks: object, device: object = phone) => ({ device, source: 'a stopwatch', protocol: {}, blocks, spaces: [] });

test('the published table joined with three blocks of one’s own covers Proxyless-Mobile: 80.522 ms', () => {
  const mine = targetOf(written(missing));
  const { profile } = targetOf(mergeProfiles([pixel1, mine.profile!], 'phone'));
  const space = describeSpace('mobile', expand(proxylessMobile), ops);
  const table = blockTable(profile!, space);
  expect(missingKeys(table, space)).toEqual([]);
  expect(table.fixed.reduce((sum, entry) => sum + entry!.ms, 0).toFixed(3)).toBe('80.522');
  // One measurement where the file does not say how many.
  expect(Object.values(mine.profile!.blocks)).toEqual([
    { ms: 6.524, count: 1, variance: 0 },
    { ms: 5.389, count: 100, variance: 0.04 },
    { ms: 4.904, count: 1, variance: 0 },
  ]);
});

test('another latency in the file is another device', async () => {
  const id = async (ms: number) => (await targetOf(written({ 'Logits-input:7x7x1280-output:1000': { ms } })).device()).id;
  expect(await id(1)).toBe(await id(1));
  expect(await id(1)).not.toBe(await id(2));
});

test('a file that is no profile: everything that is wrong, each at its place', async () => {
  const wrong = { protocol: {}, spaces: [], blocks: { 'Conv_1-input:7x7x320-output:7x7x1280': { ms: -1, count: 0.5 } }, entries: {} };
  expect(await failureOf(() => targetOf(wrong))).toBe(`error CONFIG_MISSING_KEY: "device" is missing.
  at mine.json#
  hint: What the latencies are of.
error CONFIG_UNKNOWN_KEY: Unknown key "entries".
  at mine.json#/entries
  hint: Known keys: device, target, source, protocol, conditions, blocks, spaces.
error CONFIG_WRONG_VALUE: "blocks.Conv_1-input:7x7x320-output:7x7x1280.ms" has to be a number of at least 0, and is -1.
  at mine.json#/blocks/Conv_1-input:7x7x320-output:7x7x1280/ms
error CONFIG_WRONG_VALUE: "blocks.Conv_1-input:7x7x320-output:7x7x1280.count" has to be a whole number of at least 1, and is 0.5.
  at mine.json#/blocks/Conv_1-input:7x7x320-output:7x7x1280/count`);
  expect(await failureOf(() => targetOf('{ "device": '))).toMatch(/^error CONFIG_\w+: [^\n]+\n {2}at mine\.json/);
});

test('a file that is not there', async () => {
  expect(await failureOf(() => profileTarget.create({ file: 'nowhere.json' }, { folder }))).toBe(
    `error PROFILE_NOT_FOUND: There is no profile "nowhere.json".
  hint: \`nasc profile\` measures a device and writes one; a relative path in a config starts from its folder.`,
  );
});
