// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { LockOwner } from '@nasc/files';

const suggestion = (name: string, known: readonly string[]): string => {
  const close = didYouMean(name, known);
  if (close) return `Did you mean "${close}"?`;
  return known.length > 0 ? `Known: ${known.join(', ')}.` : 'None is registered.';
};

const describeOwner = ({ processId, host, since }: LockOwner): string =>
  `process ${processId}${processId === process.pid ? ' (this one)' : ''} on ${host}, since ${since.slice(0, 19).replace('T', ' ')} UTC`;

const unknownOwner = (file: string): string => `Whether it still does cannot be seen from here. If it does not, remove ${file}.`;

export const messages = {
  unknownName: (kind: string, name: string, known: readonly string[], at?: string): Diagnostic =>
    errorDiagnostic('UNKNOWN_NAME', `There is no ${kind} "${name}".`, { hint: suggestion(name, known), ...(at && { at }) }),

  duplicateName: (kind: string, name: string, first: string, plugin: string): Diagnostic =>
    errorDiagnostic('PLUGIN_DUPLICATE_NAME', `The ${kind} "${name}" of plugin "${plugin}" is already registered by plugin "${first}".`, {
      plugin,
      hint: 'Give it another name, or remove one of the two plugins.',
    }),

  duplicatePlugin: (plugin: string): Diagnostic =>
    errorDiagnostic('PLUGIN_DUPLICATE', `There are two plugins "${plugin}".`, {
      plugin,
      hint: 'Name it once in the config, or give one of the two another name.',
    }),

  pluginNotFound: (entry: string, at: string): Diagnostic =>
    errorDiagnostic('PLUGIN_NOT_FOUND', `There is no plugin "${entry}".`, {
      at,
      plugin: entry,
      hint: /^[./]/.test(entry)
        ? 'Correct the path: it starts from the folder of the config.'
        : `Install it beside the config: npm install ${entry}`,
    }),

  pluginLoadFailed: (entry: string, reason: string, at: string): Diagnostic => {
    const missing = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(reason)?.[1];
    return errorDiagnostic('PLUGIN_LOAD_FAILED', `Plugin "${entry}" cannot be loaded: ${reason}`, {
      at,
      plugin: entry,
      ...(missing && { hint: `Install what it needs: npm install ${missing}` }),
    });
  },

  noPluginExported: (entry: string, at: string): Diagnostic =>
    errorDiagnostic('PLUGIN_INVALID', `"${entry}" exports no plugin.`, {
      at,
      plugin: entry,
      hint: 'Write `export default definePlugin({ name, apiVersion, setup(api) { ... } })`.',
    }),

  malformedRegistration: (kind: string, name: string, problem: string, plugin: string): Diagnostic =>
    errorDiagnostic('PLUGIN_REGISTRATION_INVALID', `The ${kind} "${name}" of plugin "${plugin}" is malformed: ${problem}.`, {
      plugin,
      hint: 'The types of `nasc/plugin` say what it needs; docs/plugins.md has an example of each kind.',
    }),

  wrongApiVersion: (plugin: string, found: unknown, expected: number): Diagnostic =>
    found === undefined
      ? errorDiagnostic(
          'PLUGIN_API_VERSION',
          `Plugin "${plugin}" does not say for which plugin API it was made; this is API ${expected}.`,
          { plugin, hint: `Write \`apiVersion: ${expected}\` into it, or install a version of the plugin that does.` },
        )
      : errorDiagnostic('PLUGIN_API_VERSION', `Plugin "${plugin}" was made for plugin API ${String(found)}; this is API ${expected}.`, {
          plugin,
          hint: 'Install a version of the plugin that supports this version of nasc.',
        }),

  notAPlugin: (found: string): Diagnostic =>
    errorDiagnostic('PLUGIN_INVALID', `Not a plugin: ${found}.`, {
      hint: 'A plugin is `definePlugin({ name, apiVersion, setup(api) { ... } })`.',
    }),

  setupThrew: (plugin: string, reason: string): Diagnostic =>
    errorDiagnostic('PLUGIN_SETUP_FAILED', `Setting up plugin "${plugin}" failed: ${reason}`, { plugin }),

  passThrew: (pass: string, plugin: string, reason: string): Diagnostic =>
    errorDiagnostic('PASS_FAILED', `Pass "${pass}" of plugin "${plugin}" failed: ${reason}`, { plugin }),

  passReturnedNothing: (pass: string, plugin: string): Diagnostic =>
    errorDiagnostic('PASS_RETURNED_NOTHING', `Pass "${pass}" of plugin "${plugin}" returned nothing.`, {
      plugin,
      hint: 'A pass returns the new value, or the one that it was given.',
    }),

  tapThrew: (hook: string, plugin: string, reason: string): Diagnostic =>
    errorDiagnostic('HOOK_TAP_FAILED', `A tap of plugin "${plugin}" on hook "${hook}" failed: ${reason}`, { plugin }),

  tapReturnedNothing: (hook: string, plugin: string): Diagnostic =>
    errorDiagnostic('HOOK_RETURNED_NOTHING', `A tap of plugin "${plugin}" on hook "${hook}" returned nothing.`, {
      plugin,
      hint: 'A modify hook returns the new value, or the one that it was given.',
    }),

  tappedUnknown: (hook: string, what: 'pass' | 'artifact', name: string, known: readonly string[], plugin: string): Diagnostic =>
    errorDiagnostic('HOOK_UNKNOWN_NAME', `Plugin "${plugin}" taps "${hook}" of the ${what} "${name}", which does not exist.`, {
      plugin,
      hint: suggestion(name, known),
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

  passCircle: (passes: readonly { readonly pass: string; readonly plugin: string }[]): Diagnostic =>
    errorDiagnostic(
      'PASS_CIRCLE',
      `These passes wait for each other: ${passes.map(({ pass, plugin }) => `"${pass}" of plugin "${plugin}"`).join(', ')}.`,
      { plugin: passes[0]!.plugin, hint: 'Remove one of the placements.' },
    ),

  passDuplicate: (pass: string, first: string, plugin: string): Diagnostic =>
    errorDiagnostic('PASS_DUPLICATE', `The pass "${pass}" of plugin "${plugin}" has the name of a pass of plugin "${first}".`, {
      plugin,
      hint: 'Give it another name, or use `replacePass` to take the place of the other.',
    }),

  passUnknown: (pass: string, edit: 'replace' | 'remove', known: readonly string[], plugin: string): Diagnostic =>
    errorDiagnostic('PASS_UNKNOWN', `Plugin "${plugin}" asks to ${edit} the pass "${pass}", which does not exist.`, {
      plugin,
      hint: suggestion(pass, known),
    }),

  passEditedTwice: (pass: string, first: string, plugin: string): Diagnostic =>
    errorDiagnostic('PASS_EDITED_TWICE', `Plugins "${first}" and "${plugin}" both replace or remove the pass "${pass}".`, {
      plugin,
      hint: 'Remove one of the two plugins, or place a pass before or after it instead.',
    }),

  passNotPlaced: (pass: string, plugin: string): Diagnostic =>
    errorDiagnostic('PASS_NOT_PLACED', `Pass "${pass}" has no place.`, {
      plugin,
      hint: 'Say before or after which pass it runs: `addPass(pass, { after: NAME })`. `nasc inspect --passes` lists them.',
    }),

  noEngine: (details: readonly string[]): Diagnostic =>
    errorDiagnostic('ENGINE_NOT_AVAILABLE', 'No training engine that may be taken by itself works on this machine.', {
      hint: details.join('\n        '),
    }),

  engineUnavailable: (engine: string, detail: string, at: string): Diagnostic =>
    errorDiagnostic('ENGINE_NOT_AVAILABLE', `Engine "${engine}" does not work on this machine.`, { at, hint: detail }),

  artifactMissing: (kind: string, stage: string): Diagnostic =>
    errorDiagnostic('ARTIFACT_MISSING', `The stored ${kind} that this run would start from is not there.`, {
      stage,
      hint: 'Run without --from, or from an earlier stage.',
    }),

  artifactDamaged: (path: string): Diagnostic =>
    warningDiagnostic('ARTIFACT_DAMAGED', 'A stored artifact does not have the content that its name promises; it is made again.', {
      at: path,
    }),

  runFolderBusy: (folder: string, owner: LockOwner): Diagnostic =>
    errorDiagnostic('RUN_FOLDER_BUSY', `Another run works in this folder: ${describeOwner(owner)}.`, {
      at: folder,
      hint: 'Wait for it (`nasc run --wait` does), or give this run another `cacheDir`.',
    }),

  runFolderBusyElsewhere: (folder: string, owner: LockOwner, file: string): Diagnostic =>
    errorDiagnostic('RUN_FOLDER_BUSY', `A run of another machine or container works in this folder: ${describeOwner(owner)}.`, {
      at: folder,
      hint: unknownOwner(file),
    }),

  runFolderAwaited: (folder: string, owner: LockOwner, unknown: string | undefined): Diagnostic => ({
    code: 'RUN_FOLDER_AWAITED',
    severity: 'info',
    message: `Waiting for the run that works in this folder: ${describeOwner(owner)}.`,
    at: folder,
    ...(unknown !== undefined && { hint: unknownOwner(unknown) }),
  }),

  checkpointDamaged: (path: string, another: boolean): Diagnostic =>
    warningDiagnostic(
      'CHECKPOINT_DAMAGED',
      another
        ? 'A checkpoint does not have the content that its name promises; the one before it is used.'
        : 'A checkpoint does not have the content that its name promises, and there is none before it; the pass starts again.',
      { at: path },
    ),

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

  noLimits: (pass: string): Diagnostic =>
    errorDiagnostic('PASS_HAS_NO_LIMITS', `Pass "${pass}" asked for the limits of a network in a stage that serves several networks.`),
};
