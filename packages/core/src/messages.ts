// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const suggestion = (name: string, known: readonly string[]): string => {
  const close = didYouMean(name, known);
  if (close) return `Did you mean "${close}"?`;
  return known.length > 0 ? `Known: ${known.join(', ')}.` : 'None is registered.';
};

export const messages = {
  unknownName: (kind: string, name: string, known: readonly string[], at?: string): Diagnostic =>
    errorDiagnostic('UNKNOWN_NAME', `There is no ${kind} "${name}".`, { hint: suggestion(name, known), ...(at && { at }) }),

  duplicateName: (kind: string, name: string, first: string, plugin: string): Diagnostic =>
    errorDiagnostic('PLUGIN_DUPLICATE_NAME', `The ${kind} "${name}" is already registered by plugin "${first}".`, {
      plugin,
      hint: 'Give it another name, or remove one of the two plugins.',
    }),

  wrongApiVersion: (plugin: string, found: unknown, expected: number): Diagnostic =>
    errorDiagnostic('PLUGIN_API_VERSION', `Plugin "${plugin}" was made for plugin API ${String(found)}; this is API ${expected}.`, {
      plugin,
      hint: 'Install a version of the plugin that supports this version of nasc.',
    }),

  notAPlugin: (found: string): Diagnostic =>
    errorDiagnostic('PLUGIN_INVALID', `Not a plugin: ${found}.`, {
      hint: 'A plugin is { name, apiVersion, setup(api) }; use definePlugin.',
    }),

  setupThrew: (plugin: string, cause: unknown): Diagnostic =>
    errorDiagnostic(
      'PLUGIN_SETUP_FAILED',
      `Setting up plugin "${plugin}" failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { plugin },
    ),

  tapThrew: (hook: string, plugin: string, cause: unknown): Diagnostic =>
    errorDiagnostic('HOOK_TAP_FAILED', `A tap of hook "${hook}" failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      plugin,
    }),

  tapReturnedNothing: (hook: string, plugin: string): Diagnostic =>
    errorDiagnostic('HOOK_RETURNED_NOTHING', `A tap of hook "${hook}" returned nothing.`, {
      plugin,
      hint: 'A modify hook returns the new value, or the one that it was given.',
    }),

  passAnchorUnknown: (pass: string, anchor: string, known: readonly string[], plugin: string): Diagnostic =>
    errorDiagnostic('PASS_ANCHOR_UNKNOWN', `Pass "${pass}" is placed next to "${anchor}", which does not exist.`, {
      plugin,
      hint: suggestion(anchor, known),
    }),

  passAnchorsApart: (pass: string, parts: readonly string[], plugin: string): Diagnostic =>
    errorDiagnostic('PASS_ANCHORS_APART', `Pass "${pass}" is placed next to passes of different parts: ${parts.join(', ')}.`, {
      plugin,
      hint: 'A pass belongs to one part of one stage.',
    }),

  passCircle: (passes: readonly string[], plugin: string): Diagnostic =>
    errorDiagnostic('PASS_CIRCLE', `These passes wait for each other: ${passes.join(', ')}.`, {
      plugin,
      hint: 'Remove one of the placements.',
    }),

  passDuplicate: (pass: string, plugin: string): Diagnostic =>
    errorDiagnostic('PASS_DUPLICATE', `There is already a pass "${pass}".`, { plugin, hint: 'Use replacePass to take its place.' }),

  noEngine: (details: readonly string[]): Diagnostic =>
    errorDiagnostic('ENGINE_NOT_AVAILABLE', 'No training engine works on this machine.', { hint: details.join('\n        ') }),

  engineUnavailable: (engine: string, detail: string): Diagnostic =>
    errorDiagnostic('ENGINE_NOT_AVAILABLE', `Engine "${engine}" does not work on this machine.`, { hint: detail }),

  artifactMissing: (kind: string, stage: string): Diagnostic =>
    errorDiagnostic('ARTIFACT_MISSING', `The stored ${kind} that this run would start from is not there.`, {
      stage,
      hint: 'Run without --from, or from an earlier stage.',
    }),

  artifactDamaged: (path: string): Diagnostic =>
    warningDiagnostic('ARTIFACT_DAMAGED', 'A stored artifact does not have the content that its name promises; it is made again.', {
      at: path,
    }),

  notCached: (stage: string, place: string): Diagnostic => ({
    code: 'STAGE_NOT_CACHED',
    severity: 'info',
    message: `Stage "${stage}" is not cached: the config holds a function without a cacheKey.`,
    at: place,
    stage,
    hint: 'Give the function a `cacheKey` property, a text that changes when the function does.',
  }),

  noTarget: (pass: string): Diagnostic =>
    errorDiagnostic('PASS_HAS_NO_TARGET', `Pass "${pass}" asked for a target in a stage that does not depend on one.`),
};
