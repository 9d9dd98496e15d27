import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as plugin from 'nasc/plugin';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/plugins.md'), 'utf8');

test('the snippets of docs/plugins.md are those of the example that the tests run', () => {
  const snippets = [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file, text]) => ({ file: file!, text: text! }));
  expect(snippets.length).toBeGreaterThan(10);
  expect(snippets.length).toBe(page.match(/```ts/g)!.length);
  expect(snippets.filter(({ file, text }) => !readFileSync(join(root, file), 'utf8').includes(text))).toEqual([]);
});

test('the helpers that it names are exported', () => {
  const named = [...page.matchAll(/`((?:emit|in|kernel|measure|plan|write)[A-Z]\w*)/g)].map(([, name]) => name!);
  const methods = ['inferType', 'inputGradient'];
  expect(named.filter((name) => !methods.includes(name) && !(name in plugin))).toEqual([]);
});
