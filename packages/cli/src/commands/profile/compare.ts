// `nasc profile compare`: by how much two profiles differ.
import { DiagnosticError } from '@nasc/diagnostics';
import { compareProfiles } from '@nasc/profile';
import type { ProfileComparison } from '@nasc/profile';
import type { Profile } from '@nasc/core';
import { formatMs, formatTable } from '@nasc/report';
import type { Arguments } from '../../arguments/command.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { findProfile } from './read-profiles.ts';

/** Blocks that are shown: those that deviate most. */
const shownBlocks = 20;

const print = ([first, second]: readonly [Profile, Profile], { blocks, ratio }: ProfileComparison): string => {
  const heads = [`first       ${first.device.description}`, `second      ${second.device.description}`];
  if (!ratio) return [...heads, '', 'They have no block in common.'].join('\n');
  const rows = blocks.both
    .slice(0, shownBlocks)
    .map(({ key, firstMs, secondMs, ratio: own }) => [key, formatMs(firstMs), formatMs(secondMs), `${own.toFixed(3)}x`]);
  const more = blocks.both.length - rows.length;
  return [
    ...heads,
    `in common   ${blocks.both.length} blocks; only first ${blocks.onlyFirst.length}, only second ${blocks.onlySecond.length}`,
    `ratio       second takes ${ratio.median.toFixed(3)}x (${ratio.low.toFixed(3)}x to ${ratio.high.toFixed(3)}x for nine in ten)`,
    '',
    ...formatTable([['deviates most', 'first', 'second', 'ratio'], ...rows], ['left', 'right', 'right', 'right']),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
};

export const compare = async (parsed: Arguments, io: Io): Promise<number> => {
  const [first, second] = parsed.positionals;
  if (first === undefined || second === undefined) throw new DiagnosticError([messages.profilesMissing('compare', 2)]);
  const host = await setUpHost(undefined);
  const profiles = [findProfile(first, host, io.folder), findProfile(second, host, io.folder)] as const;
  const comparison = compareProfiles(...profiles);
  if (parsed.flag('json')) printJson(io.stdout, { first: profiles[0].device, second: profiles[1].device, ...comparison });
  else printLine(io.stdout, print(profiles, comparison));
  return 0;
};
