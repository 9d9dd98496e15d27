import { readFile } from 'node:fs/promises';
import { validateOptions } from '@nasc/config';
import type { Accuracy, PartialPipelineResult } from '@nasc/core';
import type { SearchSpaceGraph } from '@nasc/ir';
import { expect, test } from 'vitest';
import { frontChart } from '../charts/front-chart.ts';
import { renderSvg } from '../charts/render-svg.ts';
import { buildFront } from './build-front.ts';
import { formatFront, frontCsv } from './format-front.ts';

const choice = (id: string) => ({ kind: 'choice', id, inputs: [], candidates: [{ name: 'k3e3' }, { name: 'zero' }] });
const searchSpace = {
  name: 'small',
  task: { dataset: 'digits' },
  graph: {
    inputs: [],
    nodes: [choice('first'), { ...choice('second.choice'), group: 'second' }],
    outputs: [],
  } as unknown as SearchSpaceGraph,
};
const accuracy = (correct: number, crossEntropy: number): Accuracy => ({ correct, correctTop5: undefined, count: 2000, crossEntropy });
const scored = [
  { choices: [1, 1], predictedMs: 0.01, searchScore: -3, accuracy: accuracy(1000, 1.25) },
  { choices: [0, 1], predictedMs: 0.04, searchScore: -2, accuracy: accuracy(1600, 0.5) },
  { choices: [1, 0], predictedMs: 0.05, searchScore: -Infinity, accuracy: accuracy(1500, Number.NaN) },
  { choices: [0, 0], predictedMs: 0.08, searchScore: -1, accuracy: accuracy(1800, 0.375) },
];
const point = (index: number, limitsMs: readonly number[]) => {
  const { predictedMs } = scored[index]!;
  const cost = (name: string, predicted: number) => ({ name, unit: '', predicted, limit: undefined });
  return {
    ...scored[index]!,
    limitsMs,
    interval: { lowMs: predictedMs * 0.75, highMs: predictedMs * 1.5 },
    costs: [
      cost('latency', predictedMs),
      cost('macs', 1e6 * (index + 1)),
      cost('parameters', 5000),
      cost('memory', 4096),
      cost('storage', 20_480),
    ],
  };
};
const result = (changes: object = {}, more: object = {}) =>
  ({
    searchSpace,
    networks: {
      cpu: {
        target: 'cpu',
        limits: { latencyMs: 0.05, macs: 4e6 },
        costModel: { profile: { device: { description: 'a processor' } } },
        searchResult: { strategy: 'proxyless-gradient' },
        front: {
          limitMs: 0.05,
          limitsMs: [0.005, 0.01, 0.04, 0.05, 0.08],
          confidence: 0.9,
          points: [point(0, [0.01]), point(1, [0.04, 0.05]), point(3, [0.08])],
          scored,
          ...changes,
        },
        ...more,
      },
    },
  }) as unknown as PartialPipelineResult;
const measured = { frontLatencies: { measuredMs: [0.011, 0.042, 0.079] } };
const unscored = scored.map((one) => ({ ...one, accuracy: undefined }));
const unranked = {
  limitMs: undefined,
  confidence: undefined,
  scored: unscored,
  points: [{ ...point(0, [0.01]), interval: undefined, accuracy: undefined }],
};

test('front.json has the form that its schema says, whatever is known', async () => {
  const schema = JSON.parse(await readFile(new URL('../../../../schemas/front.schema.json', import.meta.url), 'utf8')) as object;
  for (const found of [buildFront(result()), buildFront(result({}, measured)), buildFront(result(unranked))]) {
    const text = JSON.stringify(found);
    expect(validateOptions(schema as never, JSON.parse(text) as never, 'front.json#')).toEqual(JSON.parse(text));
  }
  const { networks, choices } = buildFront(result({}, measured));
  expect(choices).toEqual(['first', 'second']);
  expect(networks[0]!.limits).toEqual({ macs: 4e6, parameters: null, memoryBytes: null, storageBytes: null });
  expect(networks[0]!.points[1]).toEqual({
    limitsMs: [0.04, 0.05],
    candidates: ['k3e3', 'zero'],
    predictedMs: 0.04,
    interval: { lowMs: 0.03, highMs: 0.06 },
    measuredMs: 0.042,
    searchScore: -2,
    accuracy: { correct: 1600, correctTop5: null, count: 2000, crossEntropy: 0.5 },
    macs: 2e6,
    parameters: 5000,
    memoryBytes: 4096,
    storageBytes: 20_480,
  });
  expect(networks[0]!.scored[2]).toMatchObject({ searchScore: null, accuracy: { crossEntropy: null } });
});

test('the table: a row a network, the limit of the search marked, limits without a network named', () => {
  expect(formatFront(buildFront(result({}, measured)))).toBe(`front of cpu, found by proxyless-gradient: 3 networks of 4 scored
device a processor

            limit, ms  predicted, ms     90 % interval  measured, ms  cross-entropy  accuracy    MACs  parameters   memory   storage
               0.0100         0.0100  0.0075 to 0.0150        0.0110         1.2500   50.00 %  1.00 M      5.00 k  4.0 KiB  20.0 KiB
  >  0.0400 to 0.0500         0.0400  0.0300 to 0.0600        0.0420         0.5000   80.00 %  2.00 M      5.00 k  4.0 KiB  20.0 KiB
               0.0800         0.0800  0.0600 to 0.1200        0.0790         0.3750   90.00 %  4.00 M      5.00 k  4.0 KiB  20.0 KiB

  > at the limit of the search, 0.0500 ms
  no network keeps 0.00500 ms
  ranked by cross-entropy (nats) on 2 000 scoring images under shared weights; trained by itself a network is better`);
});

test('the table has no columns of what is not known', () => {
  expect(formatFront(buildFront(result({ ...unranked, limitsMs: [0.01] }))))
    .toBe(`front of cpu, found by proxyless-gradient: 1 network of 4 scored
device a processor

  limit, ms  predicted, ms  search score    MACs  parameters   memory   storage
     0.0100         0.0100        -3.000  1.00 M      5.00 k  4.0 KiB  20.0 KiB

  ranked as the search ranks them: nothing is shared that they could be scored with`);
});

test('CSV: a row for each limit that a network keeps', () => {
  const found = buildFront(result({}, measured));
  expect(frontCsv({ ...found, choices: ['a,"b"', 'second'] })).toBe(
    `network,limitMs,predictedMs,lowMs,highMs,measuredMs,crossEntropy,correct,images,searchScore,macs,parameters,memoryBytes,storageBytes,"a,""b""",second
cpu,0.01,0.01,0.0075,0.015,0.011,1.25,1000,2000,-3,1000000,5000,4096,20480,zero,zero
cpu,0.04,0.04,0.03,0.06,0.042,0.5,1600,2000,-2,2000000,5000,4096,20480,k3e3,zero
cpu,0.05,0.04,0.03,0.06,0.042,0.5,1600,2000,-2,2000000,5000,4096,20480,k3e3,zero
cpu,0.08,0.08,0.06,0.12,0.079,0.375,1800,2000,-1,4000000,5000,4096,20480,k3e3,k3e3
`,
  );
});

test('the chart is plain data: points, whiskers with gaps, measurements, the limit; a logarithmic axis for a wide range', () => {
  const chart = frontChart(buildFront(result({}, measured)));
  expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
  expect(chart.xAxis).toMatchObject({
    type: 'log',
    name: 'latency of one image, ms (logarithmic)',
    axisLabel: { customValues: [0.01, 0.02, 0.05, 0.1] },
  });
  expect(chart.yAxis).toMatchObject({ name: 'cross-entropy on the scoring images, nats (less is better)', inverse: true });
  const series = chart.series as readonly { name: string; data: readonly unknown[]; markLine?: object }[];
  expect(series.map(({ name }) => name)).toEqual(['cpu: scored networks', 'cpu', 'cpu: intervals', 'cpu: measured']);
  expect(series[1]!.data).toEqual([
    { value: [0.01, 1.25], label: { formatter: '50.00 %' } },
    { value: [0.04, 0.5], label: { formatter: '80.00 %' } },
    { value: [0.08, 0.375], label: { formatter: '90.00 %' } },
  ]);
  expect(series[1]!.markLine).toMatchObject({ data: [{ xAxis: 0.05 }], label: { formatter: 'limit 0.0500 ms' } });
  expect(series[2]!.data.slice(0, 3)).toEqual([
    [0.0075, 1.25],
    [0.015, 1.25],
    [0.015, '-'],
  ]);
  expect(series[3]!.data).toEqual([
    [0.011, 1.25],
    [0.042, 0.5],
    [0.079, 0.375],
  ]);
  const points = [{ ...point(1, [0.04]), interval: undefined, accuracy: undefined }];
  const narrow = frontChart(buildFront(result({ ...unranked, points, scored: unscored.slice(1, 3) })));
  expect(narrow.xAxis).toMatchObject({ type: 'value', name: 'latency of one image, ms' });
  expect(narrow.yAxis).toMatchObject({ name: 'score of the search', inverse: false });
});

/** Names of the elements, in order; throws where tags do not nest as XML has them. */
const elementsOf = (svg: string): readonly string[] => {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, closing, name, rest] of svg.matchAll(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*\s*\/?)>/g)) {
    if (closing) expect(open.pop()).toBe(name);
    else {
      names.push(name!);
      if (!rest!.endsWith('/')) open.push(name!);
    }
  }
  expect(open).toEqual([]);
  return names;
};

test('the SVG is well-formed, transparent, and has a mark for every point, its accuracy and the limit', async () => {
  const svg = await renderSvg(frontChart(buildFront(result({ limitMs: 0.0525 }, measured))), { width: 800, height: 500 });
  expect(elementsOf(svg)[0]).toBe('svg');
  expect(svg).toMatch(/^<svg width="800" height="500" xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('<rect width="800" height="500" x="0" y="0" fill="none">');
  const marks = (series: number) =>
    [...svg.matchAll(/transform="matrix\([^"]*,([\d.]+),([\d.]+)\)"[^>]* ecmeta_series_index="(\d+)" ecmeta_data_index="\d+"/g)]
      .filter(([, , , index]) => Number(index) === series)
      .map(([, x, y]) => [Number(x), Number(y)] as const);
  // Of the scored networks one has a cross-entropy that is no number.
  expect([marks(0).length, marks(1).length, marks(3).length]).toEqual([3, 3, 3]);
  const [first, second, third] = marks(1);
  // From 0.01 over 0.04 to 0.08 ms on a logarithmic axis; less cross-entropy is higher.
  expect((second![0] - first![0]) / (third![0] - second![0])).toBeCloseTo(2, 3);
  expect((first![1] - second![1]) / (second![1] - third![1])).toBeCloseTo((1.25 - 0.5) / (0.5 - 0.375), 3);
  const [, limitX] = /<path d="M([\d.]+) [\d.]+L\1 [\d.]+"[^>]*stroke-dasharray/.exec(svg)!;
  const expected = second![0] + (third![0] - second![0]) * Math.log2(0.0525 / 0.04);
  // Lines are drawn at whole pixels.
  expect(Math.abs(Number(limitX) - expected)).toBeLessThanOrEqual(1);
  for (const text of ['50.00 %', '80.00 %', '90.00 %', 'limit 0.0525 ms', 'small on digits', 'latency of one image, ms (logarithmic)'])
    expect(svg).toContain(`>${text}</text>`);
});
