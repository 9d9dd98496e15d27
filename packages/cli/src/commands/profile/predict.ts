// `nasc profile predict`: latencies of further networks from a profile, and, where they were measured, how far off these are.
import { dirname, relative, resolve } from 'node:path';
import { createLatencyPredictor, trackedRegistry } from '@nasc/core';
import type { PredictedSpace, PredictionAccuracy, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { writeFileAtomically } from '@nasc/files';
import { assessHeldOut, crossValidate, findSpace, predictNetwork, predictNetworks } from '@nasc/profile';
import type { ImportedRow } from '@nasc/profile';
import { formatMs, formatTable } from '@nasc/report';
import type { Arguments } from '../../arguments/command.ts';
import { readSize } from '../../arguments/image-size.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { findNetwork } from './find-network.ts';
import { formatAccuracy } from './format-profile.ts';
import { findProfile } from './read-profiles.ts';
import { readRows } from './read-rows.ts';
import { describeNamedSpace } from './space-config.ts';
import type { SpaceOptions } from './space-config.ts';

interface Prediction {
  readonly choices: readonly number[];
  readonly predictedMs: number;
  /** Where nine in ten measurements lie; absent where the profile has too few networks to say. */
  readonly lowMs?: number;
  readonly highMs?: number;
  /** At the usual speed of the device. */
  readonly measuredMs?: number;
  /** Predicted over measured, less one. */
  readonly error?: number;
}

const predictedSpace = (given: string | undefined, profile: Profile, shown: string, options: SpaceOptions): PredictedSpace => {
  if (given !== undefined) return describeNamedSpace(given, options);
  const [space, ...others] = profile.spaces;
  if (!space || others.length > 0)
    throw new DiagnosticError([
      messages.spaceUnclear(
        shown,
        profile.spaces.map(({ name }) => name),
      ),
    ]);
  return { ...space, blocks: profile.blocks };
};

const measured = (rows: readonly ImportedRow[]) => rows.flatMap((row) => (row.ms === undefined ? [] : [{ ...row, ms: row.ms }]));

const columns = ['choices', 'predicted_ms', 'low_ms', 'high_ms', 'measured_ms', 'error'] as const;

const cellsOf = ({ choices, predictedMs, lowMs, highMs, measuredMs, error }: Prediction): readonly string[] =>
  [choices.join(' '), predictedMs, lowMs, highMs, measuredMs, error].map((value) => String(value ?? ''));

const toCsv = (rows: readonly Prediction[]): string => `${[columns, ...rows.map(cellsOf)].map((cells) => cells.join(',')).join('\n')}\n`;

const msOf = (ms: number | undefined): string => (ms === undefined ? '' : formatMs(ms));

const table = (rows: readonly Prediction[], confidence: number | undefined): readonly string[] => {
  const interval = confidence === undefined ? 'interval' : `${(100 * confidence).toFixed(0)} % interval`;
  const lines = rows.map(({ choices, predictedMs, lowMs, highMs, measuredMs, error }) => [
    choices.join(' '),
    formatMs(predictedMs),
    lowMs === undefined ? 'unknown' : `${msOf(lowMs)} to ${msOf(highMs)}`,
    msOf(measuredMs),
    error === undefined ? '' : `${error < 0 ? '' : '+'}${(100 * error).toFixed(2)} %`,
  ]);
  return formatTable([['network', 'predicted', interval, 'measured', 'error'], ...lines], ['left', 'right', 'right', 'right', 'right']);
};

export const predict = async (parsed: Arguments, io: Io): Promise<number> => {
  const [name, file] = parsed.positionals;
  if (name === undefined || file === undefined)
    throw new DiagnosticError([messages.rowsMissing('predict', 'a profile and a file of networks')]);
  const host = await setUpHost(undefined);
  const profile = findProfile(name, host, io.folder);
  const sizes = { size: readSize(parsed), registry: trackedRegistry(host.registrations, {}), folder: io.folder };
  const space = predictedSpace(parsed.value('space'), profile, name, sizes);
  const predictor = parsed.value('predictor') ?? 'corrected';
  const made = createLatencyPredictor(host.registrations, { name: predictor, options: {} }, '--predictor');
  const beside = { ...sizes, folder: dirname(resolve(io.folder, file)) };
  const { name: spaceName, choices, fixed } = space;
  const { rows } = await readRows(
    file,
    {
      space: { name: spaceName, choices, fixed, networks: [] },
      needsLatency: false,
      findNetwork: (network) => findNetwork(network, space, beside),
    },
    io,
  );
  const request = { space, profile, others: [], seed: 0 };
  const model = made.fit(request);
  const known: PredictionAccuracy | undefined = crossValidate(made, request);
  const profiled = findSpace(profile, space) ?? {};
  const predictions = rows.map((row): Prediction => {
    const predictedMs = predictNetwork(model, row.choices);
    const [pair] = predictNetworks(model, measured([row]), profiled);
    return {
      choices: row.choices,
      predictedMs,
      ...(known && { lowMs: predictedMs * known.interval.low, highMs: predictedMs * known.interval.high }),
      ...(pair && { measuredMs: pair.measuredMs, error: predictedMs / pair.measuredMs - 1 }),
    };
  });
  const pairs = predictNetworks(model, measured(rows), profiled);
  // Without an interval of its own the profile promises nothing that could be kept.
  const accuracy = known && pairs.length > 0 ? assessHeldOut(pairs, known.interval, known.repeatNoise) : undefined;
  const output = parsed.value('output');
  if (output !== undefined) await writeFileAtomically(resolve(io.folder, output), toCsv(predictions), 'predictions');
  if (parsed.flag('json')) printJson(io.stdout, { device: profile.device, predictor, rows: predictions, accuracy: accuracy ?? null });
  else {
    const shown =
      output === undefined
        ? table(predictions, known?.interval.confidence)
        : [`written to ${relative(io.folder, resolve(io.folder, output))}`];
    printLine(io.stdout, [...shown, ...(accuracy ? ['', ...formatAccuracy(predictor, accuracy)] : [])].join('\n'));
  }
  return 0;
};
