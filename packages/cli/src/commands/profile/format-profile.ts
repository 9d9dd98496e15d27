// A profile as text.
import type { PredictionAccuracy, Profile, ProfiledSpace } from '@nasc/core';
import { median } from '@nasc/measure';
import { normalised } from '@nasc/profile';
import { formatMs, formatTable } from '@nasc/report';

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 2 : 1)} %`;

const formatSpace = (space: ProfiledSpace): string => {
  const { name, choices, networks, reference } = space;
  if (networks.length === 0) return `space       ${name}: ${choices.length} choices, no networks`;
  const ms = networks.map((network) => normalised(network.ms, network, space));
  const blocks = networks.filter(({ blocksMs }) => blocksMs).length;
  return [
    `space       ${name}: ${networks.length} networks, ${formatMs(Math.min(...ms))} to ${formatMs(Math.max(...ms))}, median ${formatMs(median(ms))}`,
    `            ${blocks === 0 ? 'timed as wholes' : `${blocks} of them block by block, ${choices.length} choices`}`,
    ...(reference ? [`reference   ${formatMs(reference.ms)}, repeat noise ${percent(reference.noise)}`] : []),
  ].join('\n');
};

/** The rarest measured block, and how many there are. */
const formatBlocks = ({ blocks }: Profile): string => {
  const entries = Object.values(blocks);
  if (entries.length === 0) return 'blocks      none';
  const counts = entries.map(({ count }) => count);
  return `blocks      ${entries.length} different ones, each measured ${Math.min(...counts)} to ${Math.max(...counts)} times`;
};

export const formatProfile = (profile: Profile): readonly string[] => {
  const { device, target, source, protocol, conditions } = profile;
  const { method, version: _, ...details } = protocol;
  return [
    `device      ${device.description}`,
    `            ${device.id}`,
    ...(target ? [`target      ${target.name}`] : []),
    ...(source === undefined ? [] : [`source      ${source}`]),
    `protocol    ${method ?? 'unknown'}`,
    ...Object.entries(details).map(([name, value]) => `            ${name}: ${value}`),
    ...(conditions ? [`measured    ${conditions.before.time} to ${conditions.after.time}`] : []),
    formatBlocks(profile),
    ...profile.spaces.map(formatSpace),
  ];
};

/** Every block, the dearest first. */
export const formatBlockTable = ({ blocks }: Profile): readonly string[] => {
  const rows = Object.entries(blocks)
    .toSorted(([, a], [, b]) => b.ms - a.ms)
    .map(([key, { ms, count, variance }]) => [key, formatMs(ms), String(count), ms > 0 ? percent(Math.sqrt(variance) / ms) : '']);
  return formatTable([['block', 'latency', 'measured', 'deviation'], ...rows], ['left', 'right', 'right', 'right']);
};

export const formatAccuracy = (predictor: string, accuracy: PredictionAccuracy | undefined): readonly string[] => {
  if (!accuracy) return [`predictor   ${predictor}; too few whole networks to say how well it predicts`];
  const { networks, method, rmspe, bias, within5, within10, kendallTau, interval, coverage, repeatNoise } = accuracy;
  const { confidence, low, high } = interval;
  return [
    `predictor   ${predictor}, on ${networks} networks that it had not seen (${method}):`,
    `            RMSPE ${percent(rmspe)}, bias ${percent(bias)}, within 5 % ${percent(within5)}, within 10 % ${percent(within10)}${kendallTau === undefined ? '' : `, Kendall tau ${kendallTau.toFixed(3)}`}`,
    `            ${(100 * confidence).toFixed(0)} % intervals: ${low.toFixed(3)} to ${high.toFixed(3)} times the prediction${coverage === undefined ? '' : `, which ${percent(coverage)} kept`}`,
    ...(repeatNoise === undefined ? [] : [`            one network measured again differs by ${percent(repeatNoise)}`]),
  ];
};
