// A target: what it takes, how a network is made to fit, which files come out, and how they are run and timed here.
import {
  blockKeys,
  definePass,
  deployedGraph,
  findCompiler,
  hostDevice,
  initialiseParameters,
  measure,
  networkLatency,
  whyNotPlain,
} from 'nasc/plugin';
import type { BlockKey, DeviceDescription, EmittedFiles, Executable, NetworkTimer, Target, TargetDefinition } from 'nasc/plugin';
import { compileFile, runImages, timeRuns, withTimer } from './program.ts';
import { splitHSwish } from './split-h-swish.ts';
import { writeFile } from './write-file.ts';

interface SingleCOptions {
  readonly optimise: 'size' | 'speed';
  readonly sampleMs: number;
}

const flagOf = { size: '-Os', speed: '-O2' } as const;

const createTarget = (options: SingleCOptions): Target => {
  const flag = flagOf[options.optimise];
  const device = async (): Promise<DeviceDescription> =>
    hostDevice({ compiler: (await findCompiler()).version, optimise: options.optimise });
  const onlyFile = ({ files }: EmittedFiles): readonly [string, string] => [...files][0] as [string, string];
  return {
    name: 'single-c',
    options: { ...options },
    capabilities: { dtypes: ['float32'] },
    device,
    supports: (node, { ops }) => whyNotPlain(ops, node) ?? true,
    legalize: [definePass({ name: 'splitHSwish', run: splitHSwish })],
    kernels: [],
    emit: async (network, _onnx, { registry }) => writeFile(network, registry),

    async build(emitted, _network, context): Promise<Executable> {
      const program = await compileFile(...onlyFile(emitted), flag, context);
      const { id, description } = await device();
      return {
        description: `${program} on ${description}`,
        run: (images) => runImages(program, images),
        measure: ({ seed, checkpoint, progress }) =>
          withTimer(program, async (timer) => {
            const time = async (runs: number) => (await timeRuns(timer, runs)).ms;
            return networkLatency(await measure(time, { seed, checkpoint, progress, sampleMs: options.sampleMs }), id);
          }),
        dispose: async () => {},
      };
    },

    async timer(space, context): Promise<NetworkTimer> {
      const keyOf = blockKeys(space);
      return {
        protocol: { clock: 'around every call of a kernel', runsFillMs: 10 * options.sampleMs },
        seesBlocks: true,
        restart: async () => {}, // every network is a program of its own
        async time(choices, wanted) {
          const { registry, seed } = context;
          const graph = splitHSwish(deployedGraph(space, choices, registry.patterns));
          const weights = initialiseParameters(graph, registry.ops, seed);
          const { file, files, nodeOfCall } = writeFile({ name: 'timed', graph, weights }, registry);
          const program = await compileFile(file, files.get(file) as string, flag, context);
          const { runs, ms, callsMs } = await withTimer(program, async (timer) => {
            const once = await timeRuns(timer, 10); // warms up
            const runs = 1 + Math.ceil((10 * options.sampleMs) / (once.ms / 10));
            return { runs, ...(await timeRuns(timer, runs)) };
          });
          if (!wanted.blocks) return { ms: ms / runs };
          const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
          const blocks = new Map<BlockKey, number>();
          for (const [call, callMs] of callsMs.entries()) {
            const key = keyOf(nodes.get(nodeOfCall[call]!)!);
            blocks.set(key, (blocks.get(key) ?? 0) + callMs / runs);
          }
          return { ms: ms / runs, blocks };
        },
        dispose: async () => {},
      };
    },
  };
};

export const singleC: TargetDefinition = {
  name: 'single-c',
  description: 'One portable C file without dependencies.',
  optionsSchema: {
    type: 'object',
    properties: {
      optimise: { enum: ['size', 'speed'], default: 'speed', description: 'What the compiler is asked for.' },
      sampleMs: { type: 'number', exclusiveMinimum: 0, default: 20, description: 'Length of one sample, ms.' },
    },
    additionalProperties: false,
  },
  create: (options) => createTarget(options as unknown as SingleCOptions), // checked against the schema
};
