import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasureContext } from '@nasc/core';
import { proxylessImagenet } from '@nasc/spaces';
import { afterAll, expect, test } from 'vitest';
import { expand, failureOf, proxylessMobile } from './networks.test-helper.ts';
import { tableTarget } from './table-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targetOf = (content: unknown) => {
  writeFileSync(join(folder, 'mine.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return tableTarget.create({ file: 'mine.json' }, { folder });
};
const lookUp = (target: ReturnType<typeof targetOf>, space = proxylessMobile) => target.measureBlocks!(expand(space), {} as MeasureContext); // no use for it

/** What the profile of the published network on a phone has for the blocks that the published table lacks. */
const missing = {
  'expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0': { ms: 6.524 },
  'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1': { ms: 5.389, count: 100, variance: 0.04 },
  'expanded_conv-input:56x56x32-output:28x28x40-expand:3-kernel:7-stride:2-idskip:0': { ms: 4.904 },
};

test('the published table with three keys of one’s own covers Proxyless-Mobile: 80.522 ms', async () => {
  const target = targetOf({ device: 'my phone', source: 'a profile', extends: 'pixel1', entries: missing });
  const { fixed, protocol } = await lookUp(target);
  expect(
    Object.values(fixed)
      .reduce((sum, { ms }) => sum + ms, 0)
      .toFixed(3),
  ).toBe('80.522');
  const { id: deviceId, description } = await target.device();
  expect(description).toBe('my phone: a table of 75 blocks, nothing is measured');
  // One measurement where the file does not say how many.
  expect(fixed['stage2.block1']).toEqual({ ms: 6.524, source: 'table', samples: 1, spread: 0, deviceId });
  expect(fixed['stage3.block1']).toEqual({ ms: 5.389, source: 'table', samples: 100, spread: 0.6745 * 0.2, deviceId });
  expect(protocol).toEqual({ method: 'looked up in a table of block latencies, exact matches only', entries: 75, source: 'a profile' });
});

test('another latency in the file is another device', async () => {
  const id = async (ms: number) => {
    const entries = { 'Logits-input:7x7x1280-output:1000': { ms } };
    return (await targetOf({ device: 'my phone', entries }).device()).id;
  };
  expect(await id(1)).toBe(await id(1));
  expect(await id(1)).not.toBe(await id(2));
});

test('a table that lacks one key says so, and how to go on', async () => {
  const { [Object.keys(missing)[1]!]: _, ...entries } = missing as Record<string, unknown>;
  expect(await failureOf(() => lookUp(targetOf({ device: 'my phone', extends: 'pixel1', entries })))).toBe(
    'error TABLE_INCOMPLETE: The table of target "table" does not have ' +
      'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1. The other 22 blocks come to 75.133 ms.\n' +
      '  hint: Nothing is made up: measure what is missing on the device and add it to the file, or use blocks that the table has.',
  );
  await expect(lookUp(targetOf({ device: 'my phone', extends: 'pixel1', entries: {} }), proxylessImagenet)).resolves.toBeDefined();
});

test('a file that is no table: everything that is wrong, each at its place', async () => {
  const wrong = {
    entries: { 'Conv-input:224x224-output:112x112x32': { ms: 1 }, 'Conv_1-input:7x7x320-output:7x7x1280': { ms: -1, count: 0.5 } },
    extends: 'pixel2',
  };
  expect(await failureOf(() => targetOf(wrong))).toBe(`error CONFIG_MISSING_KEY: "device" is missing.
  at mine.json#
  hint: What the latencies are of: device, runtime, threads. For people.
error CONFIG_WRONG_VALUE: "extends" has to be "pixel1", and is "pixel2".
  at mine.json#/extends
  hint: Did you mean "pixel1"?
error CONFIG_UNKNOWN_KEY: Unknown key "Conv-input:224x224-output:112x112x32" in "entries".
  at mine.json#/entries/Conv-input:224x224-output:112x112x32
  hint: Keys are Conv-..., Conv_1-..., Logits-... and expanded_conv-..., with sizes HxWxC: docs/formats.md has the grammar.
error CONFIG_WRONG_VALUE: "entries.Conv_1-input:7x7x320-output:7x7x1280.ms" has to be a number of at least 0, and is -1.
  at mine.json#/entries/Conv_1-input:7x7x320-output:7x7x1280/ms
error CONFIG_WRONG_VALUE: "entries.Conv_1-input:7x7x320-output:7x7x1280.count" has to be a whole number of at least 1, and is 0.5.
  at mine.json#/entries/Conv_1-input:7x7x320-output:7x7x1280/count`);
  expect(await failureOf(() => targetOf('{ "device": '))).toMatch(/^error CONFIG_\w+: [^\n]+\n {2}at mine\.json/);
});

test('a file that is not there', async () => {
  expect(await failureOf(() => tableTarget.create({ file: 'nowhere.json' }, { folder }))).toBe(
    `error TABLE_FILE_UNREADABLE: The table "nowhere.json" cannot be read: it does not exist.
  hint: Correct the target's option file; a relative path starts from the folder of the config.`,
  );
});
