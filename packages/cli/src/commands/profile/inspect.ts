// `nasc profile inspect`: what a profile holds, what it lacks of a space, and how well networks are predicted from it.
import { createLatencyPredictor, trackedRegistry } from '@nasc/core';
import type { PluginHost, PredictedSpace, PredictionAccuracy, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { blockTable, crossValidate, missingKeys } from '@nasc/profile';
import type { Arguments } from '../../arguments/command.ts';
import { readSize } from '../../arguments/image-size.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { formatAccuracy, formatBlockTable, formatProfile } from './format-profile.ts';
import { findProfile } from './read-profiles.ts';
import { describeNamedSpace } from './space-config.ts';

interface Coverage {
  readonly space: string;
  readonly blocks: number;
  readonly missing: readonly string[];
}

const coverageOf = (profile: Profile, space: PredictedSpace): Coverage => ({
  space: space.name,
  blocks: Object.keys(space.blocks).length,
  missing: missingKeys(blockTable(profile, space), space),
});

const printCoverage = ({ space, blocks, missing }: Coverage): readonly string[] => [
  `coverage    ${blocks - missing.length} of ${blocks} blocks of ${space}${missing.length === 0 ? '' : '; it lacks:'}`,
  ...missing.map((key) => `            ${key}`),
];

/** Of every space that networks were measured of. */
const accuracies = (
  profile: Profile,
  others: readonly Profile[],
  predictor: string,
  { registrations }: PluginHost,
): readonly (readonly [string, PredictionAccuracy | undefined])[] => {
  const made = createLatencyPredictor(registrations, { name: predictor, options: {} }, '--predictor');
  return profile.spaces
    .filter(({ networks }) => networks.length > 1)
    .map((space) => [space.name, crossValidate(made, { space: { ...space, blocks: profile.blocks }, profile, others, seed: 0 })]);
};

export const inspectProfile = async (parsed: Arguments, io: Io): Promise<number> => {
  const [name] = parsed.positionals;
  if (name === undefined) throw new DiagnosticError([messages.profilesMissing('inspect', 1)]);
  const host = await setUpHost(undefined);
  const profile = findProfile(name, host, io.folder);
  const given = parsed.value('space');
  const registry = trackedRegistry(host.registrations, {});
  const space = given === undefined ? undefined : describeNamedSpace(given, { size: readSize(parsed), registry, folder: io.folder });
  const coverage = space && coverageOf(profile, space);
  const predictor = parsed.value('predictor') ?? 'corrected';
  const others = parsed.values('from').map((one) => findProfile(one, host, io.folder));
  const found = accuracies(profile, others, predictor, host);
  if (parsed.flag('json')) {
    printJson(io.stdout, {
      ...profile,
      predictor,
      accuracy: Object.fromEntries(found.map(([one, accuracy]) => [one, accuracy ?? null])),
      ...(coverage && { coverage }),
    });
    return 0;
  }
  const lines = [
    ...formatProfile(profile),
    ...(coverage ? ['', ...printCoverage(coverage)] : []),
    ...found.flatMap(([, accuracy]) => ['', ...formatAccuracy(predictor, accuracy)]),
    ...(parsed.flag('blocks') ? ['', ...formatBlockTable(profile)] : []),
  ];
  printLine(io.stdout, lines.join('\n'));
  return 0;
};
