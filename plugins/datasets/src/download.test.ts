import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caught } from '../../../packages/diagnostics/src/caught.test-helper.ts';
import { download } from './download.ts';
import { serve } from './server.test-helper.ts';
import type { TestServer } from './server.test-helper.ts';

const content = Buffer.from('an image, so to say');
const md5 = createHash('md5').update(content).digest('hex');
const { signal } = new AbortController();
let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await serve({ '/set.gz': content });
  folder = await mkdtemp(join(tmpdir(), 'nasc-download-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('the file is there under its name, and nothing else', async () => {
  const received: number[] = [];
  const file = join(folder, 'good', 'set.gz');
  await download({ address: `${server.address}set.gz`, md5, file, signal, onBytes: (bytes) => received.push(bytes) });
  expect(await readFile(file)).toEqual(content);
  expect(await readdir(join(folder, 'good'))).toEqual(['set.gz']);
  expect(received.at(-1)).toBe(content.length);
});

test('a wrong checksum leaves nothing behind', async () => {
  const address = `${server.address}set.gz`;
  const expected = '0'.repeat(32);
  expect(await caught(() => download({ address, md5: expected, file: join(folder, 'bad', 'set.gz'), signal }))).toBe(
    `error DATASET_CHECKSUM: The downloaded file has MD5 ${md5}, the published one has ${expected}.\n  at ${address}\n` +
      '  hint: The download was damaged or something else is served at this address. Nothing was kept.',
  );
  expect(await readdir(join(folder, 'bad'))).toEqual([]);
});

test('a file that the server does not have', async () => {
  const address = `${server.address}none.gz`;
  expect(await caught(() => download({ address, md5, file: join(folder, 'none.gz'), signal }))).toBe(
    `error DATASET_DOWNLOAD: The server answered with status 404.\n  at ${address}`,
  );
});
