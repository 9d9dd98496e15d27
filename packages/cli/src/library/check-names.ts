// Names and options in the config, checked before anything runs: a slip that concerns the last stage must not show only
// after hours of training.
import { isSpaceFile, validateOptions } from '@nasc/config';
import type { Config } from '@nasc/config';
import { wantedEngines } from '@nasc/core';
import type { Plugin, PluginHost } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

type Named = string | { readonly name: string; readonly [option: string]: unknown };

/** Adds to the diagnostics that `check` throws. */
const naming = (place: Partial<Diagnostic>, check: () => unknown): void => {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof DiagnosticError)) throw cause;
    throw new DiagnosticError(
      cause.diagnostics.map((diagnostic) => ({ ...diagnostic, ...place })),
      { cause },
    );
  }
};

/**
 * Throws a DiagnosticError with every name that no plugin registers and every option that is wrong; the latter says which plugin
 * takes the option, if it is none of the `builtin` ones.
 */
export const checkNames = (config: Config, { registrations }: PluginHost, builtin: readonly Plugin[]): void => {
  const ownPlugins = new Set(builtin.map(({ name }) => name));
  const diagnostics: Diagnostic[] = [];
  const collect = (check: () => void) => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      diagnostics.push(...error.diagnostics);
    }
  };
  const checkNamed = (kind: 'dataset' | 'latencyPredictor' | 'strategy' | 'target', named: Named, at: string) =>
    collect(() => {
      const { name, ...options } = typeof named === 'string' ? { name: named } : named;
      const { value, provenance } = registrations.require(kind, name, at);
      const { plugin } = provenance;
      naming(ownPlugins.has(plugin) ? {} : { plugin }, () => validateOptions(value.optionsSchema, options, at));
    });

  checkNamed('dataset', config.task.dataset, '/task/dataset');
  const { space } = config;
  if (typeof space === 'string' && !isSpaceFile(space)) collect(() => registrations.require('space', space, '/space'));
  for (const [index, target] of config.targets.entries()) {
    const { as: _label, ...named } = typeof target === 'string' ? { name: target } : target;
    checkNamed('target', named, `/targets/${index}`);
  }
  for (const { name, at } of wantedEngines(config)) if (name !== 'auto') collect(() => registrations.require('engine', name, at));
  checkNamed('latencyPredictor', config.annotate.predictor, '/annotate/predictor');
  checkNamed('strategy', config.derive.strategy, '/derive/strategy');
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
};
