// The table of bars: what is measured, what must be reached, and how a row reads. A row is of several networks; the worst one counts.
import { networks } from './networks.js';

const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

const namesOf = (size) => networks.filter((network) => !size || network.size === size).map(({ name }) => name);

const atLeast = { reaches: (value, bar) => value >= bar, worst: (values) => Math.min(...values) };
const atMost = { reaches: (value, bar) => value <= bar, worst: (values) => Math.max(...values) };

/** Alike with vectors of every width. */
const always = (bar) => ({ avx512: bar, avx2: bar, neon: bar, portable: bar });

const spreadOf = (write, { median, low, high }) => `${write(median)} (${write(low)}–${write(high)})`;

const ratioCells = { value: ({ ratio }) => ratio.median, figure: ({ ratio }) => spreadOf(times, ratio), bar: times, ...atLeast };
const shareCells = { value: ({ share }) => share.median, figure: ({ share }) => spreadOf(percent, share), bar: percent, ...atLeast };
const memoryCells = {
  untimed: true,
  value: ({ share }) => share,
  figure: ({ share }) => times(share),
  bar: times,
  ...atMost,
};

/** `kind`: what is measured (`measurements.js`) of each of the networks `of`. */
export const rows = [
  {
    id: 'large',
    what: '224x224, over ONNX Runtime, one thread each',
    kind: 'speed',
    of: namesOf('large'),
    must: { avx512: 1.2, avx2: 1 },
    goal: { avx512: 1.4, avx2: 1.2 },
    ...ratioCells,
  },
  {
    id: 'small',
    what: '28x28 to 64x64, likewise',
    kind: 'speed',
    of: namesOf('small'),
    must: { avx512: 1.5, avx2: 1 },
    goal: { avx512: 1.9, avx2: 1.2 },
    ...ratioCells,
  },
  {
    id: 'peak-large',
    what: '224x224, share of the peak of multiply-adds',
    kind: 'speed',
    of: namesOf('large'),
    must: always(0.75),
    goal: always(0.85),
    ...shareCells,
  },
  {
    id: 'peak-small',
    what: '28x28 to 64x64, share of the peak',
    kind: 'speed',
    of: namesOf('small'),
    must: always(0.8),
    goal: always(0.92),
    ...shareCells,
  },
  {
    id: 'plain',
    what: 'all, over our plain kernels, same compiler and flags',
    kind: 'plain',
    of: namesOf(),
    must: always(10),
    goal: {},
    ...ratioCells,
  },
  {
    id: 'memory-large',
    what: '224x224, arena over the largest sum of live tensors',
    kind: 'memory',
    of: namesOf('large'),
    must: always(0.5),
    goal: always(0.3),
    ...memoryCells,
  },
  {
    id: 'memory-small',
    what: '28x28 to 64x64, arena likewise',
    kind: 'memory',
    of: namesOf('small'),
    must: always(0.65),
    goal: always(0.5),
    ...memoryCells,
  },
  {
    id: 'threads',
    what: 'all, over ONNX Runtime, two threads each',
    kind: 'threads',
    of: namesOf(),
    must: always(1.2),
    goal: always(1.4),
    ...ratioCells,
  },
];
