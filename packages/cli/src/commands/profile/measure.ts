// `nasc profile`: measures a device for a search space, and writes what was measured to a file.
import { join, relative, resolve } from 'node:path';
import { trackedRegistry } from '@nasc/core';
import type { CostModel } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { writeProfile } from '@nasc/profile';
import type { Arguments } from '../../arguments/command.ts';
import { readSize } from '../../arguments/image-size.ts';
import { readNumber } from '../../arguments/read-number.ts';
import { readTarget } from '../../arguments/read-target.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { createPipeline } from '../../library/create-pipeline.ts';
import { findConfig } from '../../library/load-config.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { sizedDataset } from '../../library/sized-dataset.ts';
import { messages } from '../../messages.ts';
import { createInterrupt, interruptedCode } from '../../progress/interrupt.ts';
import { createProgressReporter } from '../../progress/progress-reporter.ts';
import { formatAccuracy, formatProfile } from './format-profile.ts';
import { spaceConfig } from './space-config.ts';

const defaultSeconds = 90;

/** File name of a space's profile of a device. */
const fileName = ({ profile }: CostModel, space: string): string => `${space}-${profile.device.id}.json`.replaceAll(/[^\w.-]+/g, '-');

export const measureProfile = async (parsed: Arguments, io: Io): Promise<number> => {
  const loaded = await findConfig(parsed.positionals[0], io.folder);
  const host = await setUpHost(loaded);
  const folder = loaded?.folder ?? io.folder;
  const sizes = { size: readSize(parsed), registry: trackedRegistry(host.registrations, {}), folder: io.folder };
  const text = parsed.value('target');
  const [first] = loaded?.config.targets ?? [];
  if (text === undefined && first === undefined) throw new DiagnosticError([messages.noTarget(host.registrations.names('target'))]);
  const { name, options } = readTarget(text ?? '', loaded);
  const target = text === undefined ? first! : { name, ...options };
  const networks = readNumber(parsed, 'networks');
  const predictor = parsed.value('predictor');
  const method = parsed.value('method');
  const config = {
    ...spaceConfig(parsed.value('space'), loaded, sizes),
    targets: [target],
    plugins: loaded?.config.plugins ?? [],
    seed: Number(parsed.value('seed') ?? loaded?.config.seed ?? 0),
    cacheDir: loaded?.config.cacheDir ?? '.nasc',
    annotate: {
      // Others than there are the config's check refuses.
      ...(method !== undefined && { method: method as 'in-place' }),
      profiles: parsed.values('from').map((file) => resolve(io.folder, file)),
      seconds: readNumber(parsed, 'seconds') ?? defaultSeconds,
      ...(networks !== undefined && { networks }),
      ...(predictor !== undefined && { predictor }),
    },
  };

  const progress = createProgressReporter(io);
  const pipeline = createPipeline(config, {
    folder,
    plugins: [sizedDataset],
    listener: progress.listener,
    ...(loaded && { locate: loaded.locate }),
  });
  const interrupt = createInterrupt(io, () => progress.print('Stopping. Press Ctrl-C again to stop at once.'));
  try {
    const again = parsed.flag('again') ? ({ from: 'annotate' } as const) : {};
    const { costModel, searchSpace } = await pipeline.run({
      make: 'costModel',
      ...again,
      wait: parsed.flag('wait'),
      signal: interrupt.signal,
    });
    progress.finish();
    const { profile, predictor: used, accuracy } = costModel!;
    const file = resolve(io.folder, parsed.value('output') ?? join('profiles', fileName(costModel!, searchSpace!.name)));
    await writeProfile(file, profile);
    const shown = relative(io.folder, file);
    if (parsed.flag('json'))
      printJson(io.stdout, {
        file: shown,
        device: profile.device,
        protocol: profile.protocol,
        predictor: used,
        accuracy: accuracy ?? null,
      });
    else printLine(io.stdout, [...formatProfile(profile), '', ...formatAccuracy(used, accuracy), '', `written to ${shown}`].join('\n'));
    return 0;
  } catch (error) {
    progress.finish();
    if (!interrupt.signal.aborted || error instanceof DiagnosticError) throw error;
    printLine(io.stderr, 'Stopped. The same command goes on from there.');
    return interruptedCode;
  } finally {
    interrupt.dispose();
  }
};
