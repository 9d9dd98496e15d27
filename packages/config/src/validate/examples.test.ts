import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { validateConfig } from './validate-config.ts';

const folder = join(import.meta.dirname, '../../../../examples');
const configs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /(?:^|\/)[^/]*config\.json$/.test(file) && !/node_modules|tsconfig/.test(file),
);

test.each(configs)('examples/%s is a config', (file) => {
  expect(() => validateConfig(JSON.parse(readFileSync(join(folder, file), 'utf8')), file)).not.toThrow();
});
