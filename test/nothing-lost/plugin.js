// What runs of seconds need that are compared byte by byte. A device that is as fast as a table says, so that measurements come out the
// same every time; its program is the ONNX file. And images that are there at once: a bright spot in noise, whose place is the class.
import { Random, choicesOf, createOnnxSession, definePlugin, inMemorySplit } from 'nasc/plugin';

const shape = { height: 16, width: 16, channels: 1 };
const classes = ['top left', 'top right', 'bottom left', 'bottom right'];

const split = (count, index) => {
  const random = new Random({ seed: 11, stream: 'test.images', index });
  const labels = Uint16Array.from({ length: count }, () => random.integer(classes.length));
  const pixels = Uint8Array.from({ length: count * 256 }, (_, position) => {
    const [label, bottom, right] = [labels[position >> 8], (position >> 7) & 1, (position >> 3) & 1];
    return random.integer(200) + (label === 2 * bottom + right ? 40 : 0);
  });
  return inMemorySplit(shape, pixels, labels);
};

const spots = {
  name: 'spots',
  description: 'Bright spots in noise.',
  optionsSchema: { type: 'object', additionalProperties: false },
  load: async () => ({
    ...shape,
    name: 'spots',
    classes,
    train: split(1600, 0),
    test: split(400, 1),
    manifestHash: 'spots',
    source: 'made up',
    defaultAugmentation: { crop: 2 },
  }),
};

const device = { id: 'table', description: 'a table' };
/** Milliseconds by the number of values that a graph's nodes write. */
const tableMs = (nodes) => nodes.reduce((sum, { type }) => sum + type.shape.reduce((a, b) => a * b, 1), 0) / 1e5;

/** Always the same, at the same time. */
const timer = (space) => {
  const choices = choicesOf(space);
  const withChoice = new Set(choices.map(({ group }) => group));
  const fixed = space.groups
    .filter(({ id }) => !withChoice.has(id))
    .map(({ id }) => [id, tableMs(space.nodes.filter(({ group }) => group === id))]);
  return {
    protocol: {},
    seesBlocks: true,
    restart: async () => {},
    async time(path) {
      const chosen = choices.map(({ candidates }, choice) => [choice, tableMs(candidates[path[choice]].graph.nodes)]);
      const blocks = new Map([...chosen, ...fixed]);
      return { ms: [...blocks.values()].reduce((sum, ms) => sum + ms, 0), blocks };
    },
    conditions: async () => ({ time: '2026-01-01T00:00:00Z' }),
    dispose: async () => {},
  };
};

const target = {
  name: 'small-table',
  options: {},
  capabilities: { dtypes: ['float32'] },
  device: async () => device,
  supports: () => true,
  legalize: [],
  kernels: [],
  async emit({ graph }, onnx) {
    const files = new Map([['nodes.txt', graph.nodes.map(({ id, op }) => `${id} ${op}\n`).join('')]]);
    if (onnx) files.set('model.onnx', onnx);
    return { files, coverage: [] };
  },
  async build({ files }, { graph }) {
    const session = files.has('model.onnx') ? await createOnnxSession(files.get('model.onnx')) : undefined;
    return {
      description: 'a table',
      run: (images, count) => session.run(images, count),
      measure: async () => {
        const ms = tableMs(graph.nodes);
        return { ms, source: 'measured', samples: 1, spread: 0, deviceId: device.id, raw: [ms] };
      },
      dispose: async () => session?.dispose(),
    };
  },
  timer: async (space) => timer(space),
};

export const smallWorld = definePlugin({
  name: 'small-world',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addDataset(spots);
    // For a test that interrupts there.
    api.hooks.beforePass.for('warm-up').tap('small-world', () => void process.stderr.write('warm-up begins\n'));
    api.addTarget({
      name: 'small-table',
      description: 'A table.',
      optionsSchema: { type: 'object', additionalProperties: false },
      create: () => target,
    });
  },
});
