// The table of bars: what is measured, what must be reached, and how a row reads.
import { flatnessRow } from './flatness-row.js';
import { memoryRow } from './memory-row.js';
import { scalingRow } from './scaling-row.js';
import { imagenetStep, imagenetStepAsPublished, mobileStep } from './step-rows.js';

const milliseconds = ({ median, low, high }) => {
  const digits = median < 100 ? 1 : 0;
  return `${median.toFixed(digits)} ms (${low.toFixed(digits)}–${high.toFixed(digits)})`;
};

const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;

const stepCells = {
  measured: ({ ms, gigaflops }) => milliseconds(ms) + (gigaflops ? `, ${gigaflops.toFixed(0)} GFLOP/s` : ''),
  peer: ({ ms }) => milliseconds(ms),
  ratio: ({ median, low, high }) => `${times(median)} (${low.toFixed(2)}–${high.toFixed(2)})`,
  bar: times,
  reaches: (value, bar) => value >= bar,
};

const memoryCells = {
  untimed: true,
  measured: ({ bytes }) => gigabytes(bytes),
  peer: ({ bytes }) => gigabytes(bytes),
  ratio: ({ median }) => times(median),
  bar: (bar) => `${bar} GB`,
  reaches: (value, bar) => value <= bar,
};

const flatnessCells = {
  measured: ({ times: kinds, memory }) => {
    const of = (kind) => kinds[kind].map(({ ms }) => ms.median.toFixed(0)).join(', ');
    const mebibytes = (field) => memory.map((entry) => (entry[field] / 2 ** 20).toFixed(0)).join(', ');
    return `weight ${of('weight')} ms; two ${of('two')} ms; arena ${mebibytes('arenaBytes')} MiB; held by steps ${mebibytes('stepBytes')} MiB`;
  },
  value: (value) => `${percent(value)} at most`,
  bar: percent,
  reaches: (value, bar) => value <= bar,
};

const scalingCells = {
  measured: ({ step, product, copy, arithmeticShare }) =>
    `step ${times(step)}; product ${times(product)}, copy ${times(copy)}, arithmetic ${percent(arithmeticShare)} of the step`,
  value: (value, { overProduct, overCopy }) =>
    `${value.toFixed(3)} (of the product's ${overProduct.toFixed(3)}, of the copy's ${overCopy.toFixed(3)})`,
  bar: String,
  reaches: (value, bar) => value >= bar,
};

/** Alike with vectors of every width. */
const always = (bar) => ({ avx512: bar, avx2: bar, neon: bar, portable: bar });

/** `seconds`: about how long it takes with three repeats and a peer. */
export const rows = [
  {
    id: 'weight',
    what: 'weight step, ImageNet space, over channels_last with tuned malloc',
    seconds: 35,
    run: (settings) => imagenetStep(settings, 'weight'),
    must: { avx512: 2.5, avx2: 1.7 },
    goal: { avx512: 3.5, avx2: 2.4 },
    ...stepCells,
  },
  {
    id: 'published',
    what: 'the same over NCHW with default malloc, as published',
    seconds: 80,
    run: imagenetStepAsPublished,
    must: { avx512: 6, avx2: 4 },
    goal: { avx512: 9, avx2: 6 },
    ...stepCells,
  },
  {
    id: 'two',
    what: 'architecture step `two`, over channels_last with tuned malloc',
    seconds: 35,
    run: (settings) => imagenetStep(settings, 'two'),
    must: { avx512: 2, avx2: 1.5 },
    goal: { avx512: 3, avx2: 2 },
    ...stepCells,
  },
  {
    id: 'full_v2',
    what: 'architecture step `full_v2`, likewise',
    seconds: 55,
    run: (settings) => imagenetStep(settings, 'full_v2'),
    must: { avx512: 1.7, avx2: 1.3 },
    goal: { avx512: 2.5, avx2: 1.8 },
    ...stepCells,
  },
  {
    id: 'mobile',
    what: 'weight step, `mobile-small`, 32x32, over the faster layout, tuned malloc',
    seconds: 25,
    run: (settings) => mobileStep(settings, 'weight'),
    must: { avx512: 3, avx2: 2 },
    goal: { avx512: 5, avx2: 3.5 },
    ...stepCells,
  },
  ...['two', 'full_v2'].map((kind) => ({
    id: `mobile-${kind}`,
    what: `architecture step \`${kind}\`, \`mobile-small\`, likewise`,
    seconds: 25,
    run: (settings) => mobileStep(settings, kind),
    must: {},
    goal: {},
    ...stepCells,
  })),
  {
    id: 'memory',
    what: 'peak resident memory of the whole process, ImageNet space',
    seconds: 35,
    run: memoryRow,
    must: always(0.8),
    goal: always(0.5),
    ...memoryCells,
  },
  {
    id: 'flat',
    what: 'weight step and `two` on one path with 2, 6, 12, 24 candidates a choice: apart by',
    seconds: 80,
    run: flatnessRow,
    must: always(0.05),
    goal: {},
    ...flatnessCells,
  },
  {
    id: 'scaling',
    what: 'weight step from 1 to 2 threads, relative to a matrix product and a copy',
    seconds: 30,
    run: scalingRow,
    must: always(0.9),
    goal: always(0.97),
    ...scalingCells,
  },
];
