import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkplace } from './workplace.ts';
import type { Workplace } from './workplace.ts';

const compiler = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

test('the plugin, a config and a lowering of its own check against the published types under strict settings, and what is wrong does not', async () => {
  await place.write(
    'plugin/src/own-lowering.ts',
    `import { defineOp } from 'nasc/plugin';

declare module 'nasc/plugin' {
  interface Lowerings {
    /** A JavaScript expression of x. */
    readonly javascript?: string;
  }
}

export const twice = defineOp<object>({
  name: 'twice',
  doc: '2 x.',
  attributesSchema: { type: 'object' },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  lower: { javascript: '2 * x' },
  examples: [],
});
export const text: string | undefined = twice.lower.javascript;
`,
  );
  await place.write(
    'plugin/nasc.config.ts',
    `import { defineConfig } from 'nasc';
import swishPlugin from './src/index.ts';

export default defineConfig({ task: { dataset: 'stripes' }, space: 'swish-tiny', targets: ['single-c'], plugins: [swishPlugin({ threshold: 0.001 })] });
`,
  );
  await place.write(
    'plugin/src/wrong.ts',
    `import { definePlugin } from 'nasc/plugin';
export default definePlugin({ name: 'wrong', apiVersion: 2, setup(api) { api.addOp({ name: 'half' }); } });
`,
  );
  const { stdout } = await place.run(process.execPath, [compiler, '-p', 'plugin', '--skipLibCheck', 'false']);
  // What third packages do not declare (DOM types, say) is theirs.
  const errors = stdout.split('\n').filter((line) => line.includes(': error ') && !line.includes('node_modules/.pnpm/'));
  expect(errors.map((line) => line.replace(/: error.*/, ''))).toEqual(['plugin/src/wrong.ts(2,46)', 'plugin/src/wrong.ts(2,84)']);
});
