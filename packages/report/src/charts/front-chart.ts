// The accuracy-latency front as an option of echarts: plain data, for a file of its own as for a page.
import type { EChartsOption, SeriesOption } from 'echarts';
import { formatMs, formatShare } from '../format-values.ts';
import type { FrontNetwork, FrontReport, FrontScored } from '../generated/front.ts';

/** Mid-tones, to be read on white as on black. */
const ink = '#7d7d7d';
const faint = '#7d7d7d40';
const colours = ['#3b82f6', '#e8730c', '#16a06a', '#b455d6', '#d9406a', '#9a8f00'];

/** A range wider than this gets a logarithmic axis. */
const wideRange = 4;

type Scored = Pick<FrontScored, 'accuracy' | 'searchScore'>;

/** What a network is ranked by: cross-entropy, or the search's own score where nothing is shared to tell it. */
const worthOf = ({ accuracy, searchScore }: Scored): number | null => (accuracy ? accuracy.crossEntropy : searchScore);

/** Accuracy follows the cross-entropy, but not from point to point where they are close: so it is written beside the points. */
const accuracyLabel = ({ accuracy }: Scored) => accuracy && { label: { formatter: formatShare(accuracy.correct, accuracy.count) } };

/** 1, 2, 5, 10, ... between two numbers above 0: where a logarithmic axis has its labels. */
const roundNumbers = (low: number, high: number): readonly number[] => {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => first + index);
  return decades
    .flatMap((decade) => [1, 2, 5].map((digit) => Number(`${digit}e${decade}`)))
    .filter((value) => value >= low && value <= high);
};

const seriesOf = (network: FrontNetwork, colour: string, judged: boolean): readonly SeriesOption[] => {
  const { name, points, scored, limitMs } = network;
  const measured = points.filter(({ measuredMs }) => measuredMs !== null);
  const intervals = points.filter(({ interval }) => interval !== null);
  return [
    {
      name: `${name}: scored networks`,
      type: 'scatter',
      symbolSize: 5,
      itemStyle: { color: colour, opacity: 0.25 },
      data: scored.map((one) => [one.predictedMs, worthOf(one)]),
    },
    {
      name,
      type: 'line',
      symbol: 'circle',
      symbolSize: 8,
      color: colour,
      lineStyle: { width: 2 },
      label: { show: judged, position: 'top', distance: 7, color: ink, fontSize: 10 },
      labelLayout: { hideOverlap: true },
      data: points.map((point) => ({ value: [point.predictedMs, worthOf(point)], ...accuracyLabel(point) })),
      ...(limitMs !== null && {
        markLine: {
          symbol: 'none',
          // Decimals to which echarts rounds the place; 2 when absent.
          precision: 12,
          lineStyle: { color: colour, type: 'dashed', width: 1 },
          // Above the plot: the line starts where the axis of cross-entropy ends.
          label: { formatter: `limit ${formatMs(limitMs)}`, position: judged ? 'start' : 'end', color: colour },
          data: [{ xAxis: limitMs }],
        },
      }),
    },
    ...(intervals.length === 0
      ? []
      : [
          {
            name: `${name}: intervals`,
            type: 'line',
            color: colour,
            symbol: 'rect',
            symbolSize: [1.5, 9],
            lineStyle: { width: 1.5, opacity: 0.7 },
            // A line with gaps: whiskers without code.
            data: intervals.flatMap((point) => [
              [point.interval!.lowMs, worthOf(point)],
              [point.interval!.highMs, worthOf(point)],
              [point.interval!.highMs, '-'],
            ]),
          } satisfies SeriesOption,
        ]),
    ...(measured.length === 0
      ? []
      : [
          {
            name: `${name}: measured`,
            type: 'scatter',
            symbol: 'diamond',
            symbolSize: 12,
            itemStyle: { color: 'transparent', borderColor: colour, borderWidth: 2 },
            data: measured.map((point) => [point.measuredMs, worthOf(point)]),
          } satisfies SeriesOption,
        ]),
  ];
};

/** What the marks mean, as far as they are there. */
const legendText = (networks: readonly FrontNetwork[], judged: boolean): string => {
  const confidence = networks.find((network) => network.confidence !== null)?.confidence ?? null;
  const measured = networks.some(({ points }) => points.some(({ measuredMs }) => measuredMs !== null));
  return [
    judged ? 'labels: accuracy under shared weights' : 'as the search ranks networks',
    ...(confidence === null ? [] : [`bars: ${(100 * confidence).toFixed(0)} % of measurements`]),
    ...(measured ? ['diamonds: measured'] : []),
    'faint: others that were scored',
  ].join('; ');
};

/** All latencies that are drawn, ms. */
const latenciesOf = ({ points, scored, limitMs }: FrontNetwork): readonly number[] => [
  ...scored.map(({ predictedMs }) => predictedMs),
  ...points.flatMap(({ interval, measuredMs }) => [interval?.lowMs, interval?.highMs, measuredMs]).filter((ms) => typeof ms === 'number'),
  ...(limitMs === null ? [] : [limitMs]),
];

/** Latency of one image across, what networks are ranked by upwards, the better the higher; the fronts of all networks in one. Transparent, in colours for light and dark pages. */
export const frontChart = ({ dataset, space, networks }: FrontReport): EChartsOption => {
  const latencies = networks.flatMap(latenciesOf).filter((ms) => ms > 0);
  const [low, high] = [Math.min(...latencies) * 0.93, Math.max(...latencies) * 1.07];
  const logarithmic = high / low > wideRange;
  const ticks = [...roundNumbers(low, high)];
  const judged = networks.some(({ scored }) => scored.some(({ accuracy }) => accuracy !== null));
  const axis = {
    axisLine: { onZero: false, lineStyle: { color: ink } },
    axisLabel: { color: ink },
    nameLocation: 'middle',
    nameTextStyle: { color: ink },
    splitLine: { lineStyle: { color: faint } },
  } as const;
  const common = { ...axis, nameGap: 28, min: low, max: high };
  return {
    backgroundColor: 'transparent',
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif', color: ink },
    title: {
      text: `${space} on ${dataset}`,
      subtext: legendText(networks, judged),
      left: 'center',
      textStyle: { color: ink, fontSize: 15 },
      subtextStyle: { color: ink },
    },
    ...(networks.length > 1 && {
      legend: { bottom: 0, itemGap: 24, textStyle: { color: ink }, inactiveColor: faint, data: networks.map(({ name }) => name) },
    }),
    tooltip: { trigger: 'item' },
    grid: { left: 70, right: 50, top: 90, bottom: networks.length > 1 ? 80 : 55 },
    xAxis: logarithmic
      ? {
          ...common,
          type: 'log',
          name: 'latency of one image, ms (logarithmic)',
          axisLabel: { color: ink, customValues: ticks },
          axisTick: { customValues: ticks },
          splitLine: { show: false },
        }
      : { ...common, type: 'value', name: 'latency of one image, ms' },
    yAxis: {
      ...axis,
      type: 'value',
      scale: true,
      inverse: judged,
      name: judged ? 'cross-entropy on the scoring images, nats (less is better)' : 'score of the search',
      nameGap: 45,
    },
    series: networks.flatMap((network, index) => seriesOf(network, colours[index % colours.length]!, judged)),
  };
};
