// `nasc front`: the accuracy-latency front of a search, as a table, as JSON and as a plot.
import { relative } from 'node:path';
import type { Override } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { buildFront, formatFront } from '@nasc/report';
import type { Arguments } from '../../arguments/command.ts';
import { readDataDir } from '../../arguments/data-dir.ts';
import { readOverrides } from '../../arguments/overrides.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { createPipeline } from '../../library/create-pipeline.ts';
import { loadConfig } from '../../library/load-config.ts';
import { messages } from '../../messages.ts';
import { createInterrupt, interruptedCode } from '../../progress/interrupt.ts';
import { createProgressReporter } from '../../progress/progress-reporter.ts';
import { onlyNetwork } from './only-network.ts';
import { readOutputs, writeFront } from './write-front.ts';

/** The options that are short for keys of the config. */
const frontOverrides = (parsed: Arguments): readonly Override[] => {
  const given = (option: string, key: string, valueOf = (text: string) => text) => {
    const text = parsed.value(option);
    return text === undefined ? [] : [{ set: `derive.front.${key}=${valueOf(text)}`, option: `--${option} ${text}` }];
  };
  const limits = (text: string) => {
    const values = text.split(',').map(Number);
    if (values.some((value) => !(value > 0) || !Number.isFinite(value)))
      throw new DiagnosticError([messages.notLatencies(`--limits ${text}`)]);
    return JSON.stringify(values);
  };
  return [...given('points', 'points'), ...given('candidates', 'candidates'), ...given('limits', 'limitsMs', limits)];
};

export const front = async (parsed: Arguments, io: Io): Promise<number> => {
  const outputs = readOutputs(parsed, io.folder);
  const overrides = [...readOverrides(parsed), ...frontOverrides(parsed)];
  const { config, folder, locate } = onlyNetwork(
    await loadConfig(parsed.positionals[0], { folder: io.folder, overrides }),
    parsed.value('network'),
  );
  const progress = createProgressReporter(io);
  const pipeline = createPipeline(config, { folder, locate, listener: progress.listener, ...(await readDataDir(parsed, io)) });

  const interrupt = createInterrupt(io, () => progress.print('Stopping. Press Ctrl-C again to stop at once.'));
  try {
    const make = parsed.flag('measure') ? 'frontLatencies' : 'front';
    const result = await pipeline.run({ make, wait: parsed.flag('wait'), signal: interrupt.signal });
    const report = (diagnostic: Diagnostic) => progress.listener('diagnostic', diagnostic);
    for (const [name, { frontLatencies }] of Object.entries(result.networks))
      if (frontLatencies && !frontLatencies.measuredMs) report(messages.frontNotMeasured(name));
    progress.finish();
    const found = buildFront(result);
    const written = await writeFront(found, outputs, { folder, config, signal: interrupt.signal, report });
    if (parsed.flag('json')) printJson(io.stdout, found);
    else printLine(io.stdout, `${formatFront(found)}\n\nwritten to ${written.map((file) => relative(io.folder, file)).join(', ')}`);
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
