import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Availability, TrainingEngine } from '../kinds/index.ts';
import { definePart } from '../part.ts';
import { definePlugin } from '../plugin.ts';
import type { Plugin } from '../plugin.ts';
import { createPipeline } from './pipeline.ts';
import { bareTarget } from './target.test-helper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-engine-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Machine {
  readonly gpu?: string;
  readonly compiler?: boolean;
  readonly library?: boolean;
  readonly driver?: string;
}

/** An engine like ours in all but the computing: that of a test is to say its name. */
const engine = (name: string, automatic: TrainingEngine['automatic'], available: boolean, rest: Omit<Availability, 'available'>) =>
  definePlugin({
    name: `engine-${name}`,
    apiVersion: 1,
    setup: (api) =>
      api.addEngine({
        name,
        description: 'For this test.',
        automatic,
        probe: async () => ({ available, ...rest }),
        compile: () => Promise.reject(new Error('never called here')),
      }),
  });

const engines = ({ gpu, compiler = true, library = true, driver = '1' }: Machine): readonly Plugin[] => [
  engine('processor', 'whenAvailable', compiler, { detail: compiler ? 'a compiler' : 'no C compiler', identity: 'processor:1' }),
  engine('card', 'withGpu', library, {
    detail: library ? 'a library' : 'no library',
    identity: `card:${driver}`,
    ...(gpu !== undefined && { gpu }),
  }),
];

/** A warm-up, a search that goes on from it, and a check after it: each keeps the name of the engine that it got. */
const parts = (log: string[]): Plugin =>
  definePlugin({
    name: 'parts',
    apiVersion: 1,
    setup(api) {
      api.addTarget({ name: 'none', description: 'For this test.', optionsSchema: {}, create: () => bareTarget('none') });
      const common = { per: 'run', dependsOn: ['engine'], reads: () => 0 } as const;
      const ask = (stage: string) => ({
        name: `ask-${stage}`,
        async run(_input: never, context: Parameters<Parameters<typeof api.addPass>[0]['run']>[1]) {
          log.push(`${stage}: ${(await context.engine()).engine.name}`);
          return {} as never;
        },
      });
      api.addPart(definePart({ ...common, stage: 'train', name: 'train', consumes: [], produces: 'supernet', passes: [ask('train')] }));
      api.addPart(
        definePart({
          ...common,
          stage: 'derive',
          name: 'search',
          consumes: ['supernet'],
          produces: 'searchResult',
          passes: [ask('derive')],
        }),
      );
      api.addPart(
        definePart({ ...common, stage: 'export', name: 'check', consumes: ['searchResult'], produces: 'onnx', passes: [ask('export')] }),
      );
    },
  });

const asked = async (wanted: unknown, machine: Machine = {}): Promise<readonly string[]> => {
  const log: string[] = [];
  const config = validateConfig({ task: { dataset: 'none' }, space: 'none', targets: ['none'], engine: wanted }, 'test');
  try {
    await createPipeline(config, { plugins: [...engines(machine), parts(log)], folder }).run();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.flatMap(({ code, message, at, hint }) => [code, message, at ?? '', ...(hint ?? '').split('\n')]);
  }
  return log;
};

const everywhere = (name: string) => [`train: ${name}`, `derive: ${name}`, `export: ${name}`];

test.each([
  ['a GPU is found', { gpu: 'a card' }, everywhere('card')],
  ['an engine for GPUs finds none', {}, everywhere('processor')],
  ['it cannot be loaded', { library: false }, everywhere('processor')],
  ['there is a GPU and no compiler', { gpu: 'a card', compiler: false }, everywhere('card')],
])('auto, where %s', async (_name, machine, expected) => {
  expect(await asked('auto', machine)).toEqual(expected);
});

test('auto, where none will do: what each of them lacks', async () => {
  expect(await asked('auto', { compiler: false })).toEqual([
    'ENGINE_NOT_AVAILABLE',
    'No training engine that may be taken by itself works on this machine.',
    '',
    'processor: no C compiler',
    '        card: sees no GPU; `engine: "card"` takes it all the same',
  ]);
  expect(await asked('auto', { compiler: false, library: false })).toContain('        card: no library');
});

test('a name is taken as it is, with a GPU or without, and refused where it does not work', async () => {
  expect(await asked('card')).toEqual(everywhere('card'));
  expect(await asked('card', { library: false })).toEqual([
    'ENGINE_NOT_AVAILABLE',
    'Engine "card" does not work on this machine.',
    '/engine',
    'no library',
  ]);
  expect(await asked({ train: 'processor', derive: 'crad' })).toEqual([
    'UNKNOWN_NAME',
    'There is no training engine "crad".',
    '/engine/derive',
    'Did you mean "card"?',
  ]);
});

test('a warm-up of one engine goes on in another: only what follows is done again', async () => {
  expect(await asked('processor')).toEqual(everywhere('processor'));
  expect(await asked({ train: 'processor', derive: 'card' })).toEqual(['derive: card', 'export: card']);
  expect(await asked({ train: 'card', derive: 'processor' })).toEqual(['train: card']);
  // Another build of an engine concerns its own stages alone. (What the two warm-ups made here is the same.)
  expect(await asked({ train: 'processor', derive: 'card' }, { driver: '2' })).toEqual(['derive: card', 'export: card']);
  expect(await asked('processor', { driver: '2' })).toEqual([]);
});
