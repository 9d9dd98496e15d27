// `nasc profile import`: measurements of another tool as a profile.
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { createLatencyPredictor, trackedRegistry } from '@nasc/core';
import type { LatencyPredictor, PredictionAccuracy, PredictorRequest } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { crossValidate, importedProfile, writeProfile } from '@nasc/profile';
import type { ImportedRow } from '@nasc/profile';
import type { Arguments } from '../../arguments/command.ts';
import { readSize } from '../../arguments/image-size.ts';
import { printJson, printLine, useColour } from '../../io.ts';
import type { Io } from '../../io.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { findNetwork } from './find-network.ts';
import { formatAccuracy, formatProfile } from './format-profile.ts';
import { readRows } from './read-rows.ts';
import { describeNamedSpace } from './space-config.ts';

/** A predictor that cannot be fitted to these networks is told of; what was measured is kept all the same. */
const accuracyOf = (predictor: LatencyPredictor, request: PredictorRequest, io: Io): PredictionAccuracy | undefined => {
  try {
    return crossValidate(predictor, request);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const warnings = error.diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'warning' as const }));
    printLine(io.stderr, formatDiagnostics(warnings, { colour: useColour(io) }));
    return undefined;
  }
};

export const importMeasurements = async (parsed: Arguments, io: Io): Promise<number> => {
  const [file] = parsed.positionals;
  if (file === undefined) throw new DiagnosticError([messages.rowsMissing('import', 'a file of measurements')]);
  const { registrations } = await setUpHost(undefined);
  const predictor = parsed.value('predictor') ?? 'corrected';
  const made = createLatencyPredictor(registrations, { name: predictor, options: {} }, '--predictor');
  const sizes = { size: readSize(parsed), registry: trackedRegistry(registrations, {}), folder: io.folder };
  const given = parsed.value('space');
  const described = given === undefined ? undefined : describeNamedSpace(given, sizes);
  const beside = { ...sizes, folder: dirname(resolve(io.folder, file)) };
  const { space, rows } = await readRows(
    file,
    {
      space: described && { name: described.name, choices: described.choices, fixed: described.fixed, networks: [] },
      needsLatency: true,
      ...(described && { findNetwork: (network: string) => findNetwork(network, described, beside) }),
    },
    io,
  );
  const name = parsed.value('device') ?? basename(file, extname(file));
  const profile = importedProfile(space, rows as readonly (ImportedRow & { readonly ms: number })[], { name, source: basename(file) });
  const accuracy = accuracyOf(made, { space: { ...space, blocks: described?.blocks ?? {} }, profile, others: [], seed: 0 }, io);
  const fileName = `${space.name}-${profile.device.id}.json`.replaceAll(/[^\w.-]+/g, '-');
  const written = resolve(io.folder, parsed.value('output') ?? join('profiles', fileName));
  await writeProfile(written, profile);
  const shown = relative(io.folder, written);
  if (parsed.flag('json'))
    printJson(io.stdout, { file: shown, device: profile.device, protocol: profile.protocol, predictor, accuracy: accuracy ?? null });
  else printLine(io.stdout, [...formatProfile(profile), '', ...formatAccuracy(predictor, accuracy), '', `written to ${shown}`].join('\n'));
  return 0;
};
