import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { searchPath } from './search-path.ts';

test('--data-dir, $NASC_DATA, ./data, the system, the cache, in this order', () => {
  const env = { NASC_DATA: ['/mnt/sets', '', 'more'].join(delimiter), XDG_CACHE_HOME: '/var/cache/me' };
  expect(searchPath({ dataDir: 'own', env, folder: '/project' })).toEqual([
    '/project/own',
    '/mnt/sets',
    '/project/more',
    '/project/data',
    '/usr/share/datasets',
    '/var/cache/me/nasc/datasets',
  ]);
});

test('no folder comes twice, and the cache stays last', () => {
  const env = { NASC_DATA: ['/cache/nasc/datasets', '/a', '/a'].join(delimiter), XDG_CACHE_HOME: '/cache' };
  expect(searchPath({ dataDir: '/a', env, folder: '/' })).toEqual(['/a', '/data', '/usr/share/datasets', '/cache/nasc/datasets']);
});

test('a relative $XDG_CACHE_HOME is ignored', () => {
  expect(searchPath({ env: { XDG_CACHE_HOME: 'cache' } }).at(-1)).toBe(join(homedir(), '.cache', 'nasc', 'datasets'));
});
